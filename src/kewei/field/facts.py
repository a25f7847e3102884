"""What the field app tells the house."""

from kewei.kernel.refusals import N_

DEVICE_ENROLLED = "field.device_enrolled"
DEVICE_STOPPED = "field.device_stopped"
COMMAND_TAKEN = "field.command_taken"
COMMAND_REFUSED = "field.command_refused"
COMMAND_TAMPERED = "field.command_tampered"
PHOTO_ANEW = "field.photo_anew"

# What people read for each of them.
SAYS: dict[str, str] = {
    DEVICE_ENROLLED: N_("登记外勤设备"),
    DEVICE_STOPPED: N_("停用外勤设备"),
    COMMAND_TAKEN: N_("手机指令已执行"),
    COMMAND_REFUSED: N_("手机指令被拒绝"),
    COMMAND_TAMPERED: N_("手机指令被篡改，已留证"),
    PHOTO_ANEW: N_("原图要重新上传"),
}
