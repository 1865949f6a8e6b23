"""Words of a congress that say the same: short forms written out, French beside English.

The encoder never met most of the trade's short forms, and words alone know no second language.
A line is one idea. A word that means two things in this trade stands in neither.
"""

from __future__ import annotations

import re
from functools import cache

_SHORT_FORMS = {
    "AAV": "vecteur viral adéno-associé",
    "AI": "artificial intelligence",
    "AMM": "autorisation de mise sur le marché",
    "ANSM": "agence du médicament",
    "API": "active ingredient",
    "ARNm": "ARN messager",
    "ATMP": "advanced therapy medicinal product",
    "ATU": "autorisation d'accès précoce",
    "BPF": "bonnes pratiques de fabrication",
    "CAPA": "corrective action",
    "CDMO": "sous-traitant",
    "CMC": "dossier qualité",
    "CMO": "sous-traitant",
    "CQ": "contrôle qualité",
    "CRO": "contract research organisation",
    "CO2": "carbone",
    "EMA": "agence européenne du médicament",
    "ETI": "entreprise de taille intermédiaire",
    "FDA": "agence américaine du médicament",
    "GMO": "genetically modified organism",
    "GMP": "good manufacturing practice",
    "HAS": "autorité de santé",
    "HTA": "health technology assessment",
    "IA": "intelligence artificielle",
    "MTI": "médicament de thérapie innovante",
    "OGM": "organisme génétiquement modifié",
    "PCR": "amplification d'ADN",
    "PME": "petite entreprise",
    "QA": "quality assurance",
    "QC": "quality control",
    "R&D": "recherche et développement",
    "RH": "ressources humaines",
    "RSE": "responsabilité environnementale",
    "SME": "small company",
    "VR": "virtual reality",
    "mAb": "monoclonal antibody",
    "mRNA": "messenger RNA",
}

_IDEAS = """
accès access
accepter acceptable accept
acheter achat buy purchase procurement
acier inox steel stainless
aide subvention grant subsidy
allogénique allogeneic
animal animaux
antibiotique antibiotic
anticorps antibody antibodies
apprentissage apprenticeship
aptitude compétence skill
argent money
aseptique aseptic
association charity
attendre attente délai wait delay
augmenter hausse increase rise
autologue autologous
autoriser autorisation authorisation approval approve authorise
baisser réduire diminuer reduce lower decrease cut
besoin need
bioréacteur bioreactor
brevet patent
cellule cellulaire cell cellular
centre hôpital hospital
chaîne chain
changer changement change
choisir choix choose choice
chromatographie chromatography
clinique clinical
comparabilité comparability
concevoir conception design
concurrence concurrent competition competitor
congeler congélation freeze freezing frozen cryopreservation
continu continuous
contrôler contrôle control
coût coûter cher cost expensive
culture cultivation
déchet waste
déviation écart deviation
diplôme degree diploma
données data
droit law right
durable sustainable
eau water
échantillon sample
échec échouer fail failure
embaucher recruter recrutement hire hiring recruit recruitment
emploi métier job
énergie energy
enfant pédiatrique child children paediatric pediatric
enseigner enseignement teach teaching
entreprise société company firm
environnement environment
équipe team
essai trial
étudiant student
fabriquer fabrication produire production manufacture manufacturing produce
famille proche family families relative
femme women
filtration filtre filter
financer financement finance financing funding
flacon vial
former formation train training
fournisseur supplier vendor
froid cold
gène génétique génique gene genetic
gratuit gratuité free
impureté impurity impurities
incident panne breakdown
industriel industrie industrial industry
injection injectable
inspection inspecteur inspector
investir investisseur investissement invest investor investment
isolateur isolator
jumeau twin
laboratoire laboratory lab
levure yeast
libérer libération release
licence license
lignée line
logiciel software
lot batch batches
maladie malade patient disease
marché market
médecin doctor physician
médicament drug medicine
milieu medium media
modèle model
municipalité ville city town
mutualiser partager partage share sharing pool
nouveau nouvelle new
numérique digital
opérateur opératrice operator
payer pay paid
perte perdre loss lose
plastique plastic
prix tarif price
preuve démontrer prove proof evidence demonstrate
procédé process
propriété property
protéine protein
puissance potency
purifier purification
qualité quality
rapide vite fast rapid quick
recherche research
recycler recyclage recycle recycling
règle règlement réglementation rule regulation
rejeter rejet reject rejection
remboursement rembourser reimbursement reimburse
rendement productivité yield productivity
rentable profitable
réseau network
risque risk
robot robotic
salaire salary wage
santé health
sécurité sûreté safety
secours backup
seringue syringe
usine plant factory
stérile stérilité sterile sterility
stocker stockage store storage
sous-traitant sous-traitance contractor outsourcing outsource
souveraineté sovereignty
température temperature
temps durée time duration
thérapie traitement therapy treatment
traçabilité tracer traceability trace
transport transporter shipping
vaccin vaccine
valider validation validate
vecteur vector
viral virus
vie life
voyage déplacement travel
"""


@cache
def _short_form() -> re.Pattern[str]:
    # With their capitals only: "has" and "api" are words. The longest first: "ARNm" before "ARN".
    names = "|".join(re.escape(name) for name in sorted(_SHORT_FORMS, key=len, reverse=True))
    return re.compile(rf"(?<!\w)({names})s?(?!\w)")


def written_out(text: str) -> str:
    return _short_form().sub(lambda found: _SHORT_FORMS[found[1]], text)


def lines() -> list[list[str]]:
    """Every idea with its words, as written."""
    return [line.split() for line in _IDEAS.strip().splitlines()]
