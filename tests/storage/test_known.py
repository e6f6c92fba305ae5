from dataclasses import replace

from bot.model import AnswerId, KnownAnswer
from storage.database import SqlDatabase
from storage.transaction import SqlTransaction
from tests import builders
from tests.builders import HOUR, NOON


async def test_answers_are_kept_and_the_most_helpful_come_first(database: SqlDatabase) -> None:
    def write(tx: SqlTransaction, many: int) -> list[KnownAnswer]:
        ward = builders.seed(tx)
        issue = ward.issue()
        tx.issues.add(issue)
        of = {"pilot": ward.pilot.id, "issue": issue.id, "author": ward.reporter.id}
        answers = [builders.known_answer(at=NOON + n * HOUR, **of) for n in range(many)]
        for answer in answers:
            tx.known.save(answer)
        return answers

    one, two, three = await database.run(lambda tx: write(tx, 3))
    await database.run(lambda tx: write(tx, 1))  # another pilot's
    helpful = replace(one, helped=2, answer="hold the bell for three seconds")
    await database.run(lambda tx: tx.known.save(helpful))
    assert await database.read(lambda tx: tx.known.get(one.id)) == helpful
    assert await database.read(lambda tx: tx.known.get(AnswerId(1))) is None
    assert list(await database.read(lambda tx: tx.known.most_helpful(one.pilot, 9))) == [helpful, three, two]
    assert list(await database.read(lambda tx: tx.known.most_helpful(one.pilot, 1))) == [helpful]
