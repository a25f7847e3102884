"""What can be done with phones, and what a phone may have done, by topic."""

from kewei.field.actions.devices import enrol_device, leave_device, stop_device, stop_devices_of
from kewei.field.actions.pieces import Stands, take_piece
from kewei.field.actions.syncing import Answer, Told, sign_off, sync, take_photo

__all__ = [
    "Answer",
    "Stands",
    "Told",
    "enrol_device",
    "leave_device",
    "sign_off",
    "stop_device",
    "stop_devices_of",
    "sync",
    "take_photo",
    "take_piece",
]
