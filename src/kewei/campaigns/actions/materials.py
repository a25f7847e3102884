"""Materials by version: added, judged by somebody else, used in a campaign (domain 4.5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.campaigns import facts
from kewei.campaigns.models import CampaignMaterial, Material, MaterialOpinion, MaterialVersion
from kewei.campaigns.queries import campaigns, materials
from kewei.campaigns.rules import states as rules
from kewei.journal.actions import action, record
from kewei.kernel.refusals import N_
from kewei.people.models import Person
from kewei.products import queries as products

PROPOSE, APPROVE = "campaigns.propose", "campaigns.approve"


@action
def make_material(
    *, name: str, product: int, says: str, valid_until: date, paper: Any = None, by: Person, now: datetime
) -> MaterialVersion:
    """登记宣传材料  A material about a product with its first version, to be judged. Raises NotFound, BadCampaign, MaterialNamed."""
    by.must(PROPOSE)
    kept = products.product_for(by, product)
    if not name.strip():
        raise rules.BadCampaign(reason=N_("请填材料名称"))
    if Material.objects.filter(product=kept, name=name.strip()[:80]).exists():
        raise rules.MaterialNamed(name=name.strip()[:80])
    made = Material.objects.create(product=kept, name=name.strip()[:80], made_by=by, made_at=now)
    record(facts.MATERIAL_MADE, made, by=by, at=now, product=kept.pk)
    return _add(made, says, valid_until, paper, by, now)


@action
def add_version(
    *, material: int, says: str, valid_until: date, paper: Any = None, by: Person, now: datetime
) -> MaterialVersion:
    """登记材料版本  A changed text or picture is a new version, to be judged anew. Raises NotFound, BadCampaign."""
    by.must(PROPOSE)
    kept = materials.material_for(by, material, PROPOSE)
    Material.objects.select_for_update().get(pk=kept.pk)
    return _add(kept, says, valid_until, paper, by, now)


@action
def judge_version(*, version: int, agreed: bool, note: str = "", by: Person, now: datetime) -> MaterialVersion:
    """材料审核  One word of compliance about a version, never about one's own. Raises NotFound, ProposerApproves, JudgedAlready,
    WordsMissing."""
    by.must(APPROVE)
    kept = materials.version_for(by, version, APPROVE)
    if by.pk in (kept.by_id, kept.material.made_by_id):
        raise rules.ProposerApproves
    Material.objects.select_for_update().get(pk=kept.material_id)
    if MaterialOpinion.objects.filter(version=kept).exists():
        raise rules.JudgedAlready
    if not agreed and not note.strip():
        raise rules.WordsMissing
    MaterialOpinion.objects.create(version=kept, agreed=agreed, note=note.strip()[:200], by=by, at=now)
    record(facts.MATERIAL_JUDGED, kept, by=by, at=now, agreed=agreed)
    return kept


@action
def use_material(
    *, campaign: int, version: int, use: bool = True, by: Person, now: datetime
) -> CampaignMaterial | None:
    """活动选用材料  A version about the campaign's product, or no longer; before compliance is asked. Raises NotFound,
    NotInThisState, OtherProduct."""
    by.must(PROPOSE)
    kept = campaigns.campaign_for(by, campaign, PROPOSE, lock=True)
    rules.check_open(kept.name, kept.state)
    found = materials.version_for(by, version, PROPOSE)
    if found.material.product_id != kept.product_id:
        raise rules.OtherProduct(title=found.material.name)
    live = CampaignMaterial.objects.filter(campaign=kept, version=found, ended_at=None).first()
    if use == (live is not None):
        return live
    if live is not None:
        live.ended_at = now
        live.save(update_fields=["ended_at"])
    else:
        live = CampaignMaterial.objects.create(campaign=kept, version=found, added_by=by, added_at=now)
    record(facts.MATERIAL_USED, kept, by=by, at=now, version=found.pk, use=use)
    return live


def _add(kept: Material, says: str, valid_until: date, paper: Any, by: Person, now: datetime) -> MaterialVersion:
    if not says.strip() or valid_until < localdate(now):
        raise rules.BadCampaign(reason=N_("请写明材料内容，有效期不能早于今天"))
    made = MaterialVersion.objects.create(
        material=kept, number=materials.next_number(kept.pk), says=says.strip()[:1000], paper=paper,
        valid_until=valid_until, by=by, at=now,
    )  # fmt: skip
    record(facts.MATERIAL_VERSION_ADDED, made, by=by, at=now, material=kept.pk, number=made.number)
    return made
