"""Pages and addresses of the field app: the app itself, what phones send, and the list of phones."""

from kewei.field.web import devices, rounds

urlpatterns = [*rounds.URLS, *devices.URLS]
