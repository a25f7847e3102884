"""Questions about phones and what is to lie on them."""

from kewei.field.queries.devices import (
    CommandRow,
    DeviceRow,
    TamperingRow,
    commands_of,
    device_for,
    devices,
    held_of,
    known_device,
    live_devices_of,
    photos_under_way,
    secret_of,
    tamperings_of,
)
from kewei.field.queries.packs import pack_of

__all__ = [
    "CommandRow",
    "DeviceRow",
    "TamperingRow",
    "commands_of",
    "device_for",
    "devices",
    "held_of",
    "known_device",
    "live_devices_of",
    "pack_of",
    "photos_under_way",
    "secret_of",
    "tamperings_of",
]
