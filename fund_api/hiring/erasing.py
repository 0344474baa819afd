"""Erasing a person who may have asked for help with hiring, or may be an advisor."""

from fund_api.core.writing import Transaction
from fund_api.hiring import advisors, conflicts, forgetting
from fund_api.people import erasure
from fund_api.people.rules import MANAGE


async def erase_person(tx: Transaction, person_id: str) -> None:
    """Erase a person as `erasure.erase` does, with what is theirs in hiring; raises as it does.

    Advisors are held before persons. So should somebody be made an advisor meanwhile, all is let go and done anew.
    """
    tx.viewer.need(MANAGE)
    told = len(tx.done)
    while True:
        attempt = await tx.connection.begin_nested()  # whose rows are let go when it is rolled back
        asked = await forgetting.asked_by(tx, person_id)
        await conflicts.retire(tx, person_id, asked)
        await forgetting.forget_contacts(tx, asked)
        await erasure.erase(tx, person_id)
        if not await advisors.advises(tx, person_id):
            await attempt.commit()
            return
        await attempt.rollback()
        del tx.done[told:]
