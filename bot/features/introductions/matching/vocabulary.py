"""What people of bioproduction call the same things, in French and English.

A line is one idea, its labels separated by "="; a line that begins
with one goes on. A service is something that one offers and
another seeks; a topic is what it is about. The list is what makes matching across languages work.
"""

SERVICES = """
capacité de production = production capacity = manufacturing capacity = capacité de fabrication
    = capacité industrielle
contrôle qualité = quality control = QC = CQ
montée en échelle = scale-up = scaling up = passage à l'échelle = changement d'échelle
partenariat industriel = industrial partnership = industrial partner = partenaire industriel
postes à pourvoir = open positions = job openings = emploi = emplois = jobs = job = recrutement
    = recruitment
technologie de rupture = breakthrough technology = disruptive technology = deeptech
logiciel de données = data software = logiciel = software
équipement à usage unique = single-use equipment = équipements à usage unique
plateau technique = technical platform = core facility = plateforme technique = technical facility
prestations de qualification = qualification services = qualification
preuve de concept = proof of concept = POC
recherche partenariale = collaborative research = research partnership
    = recherche collaborative = partenariat de recherche
sous-traitance analytique = analytical outsourcing = outsourced analytics = analytical testing
    = analytical services = analyses
capteurs en ligne = in-line sensors = inline sensors = online sensors
brevets à licencier = patents to license = licensable patents = patents for licensing = brevets
    = licence de brevets
expertise scientifique = scientific expertise
doctorants = doctoral students = PhD students = PhD candidates = doctorantes et doctorants
logistique du froid = cold chain logistics = cold logistics
plateforme de vecteurs = vector platform
réseau d'industriels = industry network = network of industrial players = industrial network
    = network of manufacturers
série A = series A = series A funding
apprentis = apprentices = apprenticeship = apprentissage
stage de fin d'études = final-year internship = end-of-study internship
    = end-of-studies internship = graduation internship
énergie et curiosité = energy and curiosity
certification BPF = GMP certification
thérapie en développement = therapy in development = therapy under development
alternance = work-study = work-study placement
accès précoce = early access
lecture réglementaire = regulatory reading = regulatory review = regulatory insight
école-usine = training factory = factory school = learning factory = school factory = training plant
plaidoyer pour l'accès = advocacy for access = access advocacy
financement d'amorçage = seed funding = seed financing = amorçage
expérience des patients = patient experience = patients' experience = expérience patient
avis scientifique = scientific advice
formation continue = continuing education = continuous training = continuing training
réseau de patients = patient network = network of patients
thèse CIFRE = CIFRE thesis = CIFRE PhD = industrial PhD = CIFRE doctorate
relecture de protocoles = protocol review = review of protocols
stage en bioproduction = bioproduction internship = internship in bioproduction
    = internship in biomanufacturing = stage = internship
"""

TOPICS = """
chaîne du froid = cold chain
expérience patient = patient experience
traçabilité = traceability
intelligence artificielle = artificial intelligence = IA = AI
biosimilaires = biosimilars
libération des lots = batch release
contrôle qualité = quality control = QC = CQ
jumeau numérique = digital twin = digital twins = jumeaux numériques
procédés amont = upstream processes = upstream processing = upstream process
formation = training
PAT et capteurs = PAT and sensors = PAT & sensors = process analytical technology
vecteurs viraux = viral vectors = AAV
accès précoce = early access
thérapies cellulaires = cell therapies = cell therapy
CAR-T = CAR-T cells = cellules CAR-T
remplissage aseptique = aseptic filling = fill and finish = fill-finish
financement = funding = financing
anticorps monoclonaux = monoclonal antibodies = mAb
affaires réglementaires = regulatory affairs
usage unique = single use = single-use
essais cliniques = clinical trials
purification = downstream processing = procédés aval
recrutement = recruitment = hiring
vaccins = vaccines
montée en échelle = scale-up = scaling up
"""

FAMILIES = (
    ("financement d'amorçage", "série A"),
    ("apprentis", "alternance", "stage de fin d'études", "stage en bioproduction"),
    ("doctorants", "thèse CIFRE"),
    ("expertise scientifique", "avis scientifique"),
)
"""Services that answer part of each other's need."""
