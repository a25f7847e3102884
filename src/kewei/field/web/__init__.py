"""Pages and addresses of the field app: the app itself, what phones send, and the list of phones."""

from kewei.field.web import app, devices, rounds

urlpatterns = [*app.URLS, *rounds.URLS, *devices.URLS]
