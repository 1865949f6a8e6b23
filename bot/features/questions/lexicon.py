"""Turns of phrase for which a person reads a question first, in French and English.

They hold a question for review and do nothing else. A line is one sign, written as `phrases.py`
says. What is said in general ("the price of gene therapies") is none; what points at somebody is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

SETS: Mapping[str, str] = {
    "FAMILY": """
        fils fille enfant~ bebe~ mari femme epoux epouse conjoint~ compagnon compagne pere mere papa
        maman parents frere~ soeur~ jumeau jumelle cousin~ oncle tante neveu niece grand_pere
        grand_mere grands_parents petit_fils petite_fille belle_mere beau_pere belle_soeur
        beau_frere proche~ voisin~ ami~ son sons daughter~ child children kid~ baby husband wife
        spouse father mother dad mum mom brother~ sister~ uncle aunt nephew niece grandfather
        grandmother grandson granddaughter friend~ neighbour~ neighbor~
        """,
    "CHILD": "fils fille enfant bebe son daughter child baby",
    "WORKMATE": """
        collegue patron patronne chef directeur directrice president presidente pdg colleague boss
        manager director ceo
        """,
    "CONDITION": """
        cancer~ tumeur~ leucemie~ lymphome~ myelome~ sarcome~ melanome~ metastase~ diabete sida vih
        hepatite~ mucoviscidose myopathie~ drepanocytose thalassemie hemophilie sclerose epilepsie
        depression burn_out autisme trisomie handicap maladie~ rechute~ allergie~ avc infarctus
        parkinson alzheimer asthme asthma crohn lupus psoriasis polyarthrite arthritis
        grossesse greffe~ chimio chimiotherapie radiotherapie dialyse tumour~ tumor~ leukaemia
        leukemia lymphoma myeloma sarcoma melanoma diabetes hiv aids hepatitis cystic_fibrosis
        muscular_dystrophy sickle_cell haemophilia hemophilia sclerosis epilepsy autism disability
        disease illness relapse pregnancy transplant chemo chemotherapy radiotherapy stroke
        """,
    "STATE": """
        malade atteint~ seropositif seropositive diabetique~ hemophile~ enceinte~ greffe~ opere~
        hospitalise~ diagnostique~ epileptique autiste depressif depressive handicape~ allergique
        decede~ en_remission en_rechute en_chimio en_dialyse sous_chimio sous_traitement ill sick
        diabetic pregnant hospitalised hospitalized diagnosed disabled autistic depressed allergic
        in_remission on_chemo in_chemo hiv_positive
        """,
    "CARE": """
        traitement~ injection~ piqure~ perfusion~ vaccin~ vaccine~ vaccination~ medicament~
        therapie~ car_t dose~ comprime~ transfusion~ greffe~ chimio chimiotherapie radiotherapie
        treatment~ infusion~ therapy therapies drug~ medicine~ medication~ shot jab pill~ chemo
        chemotherapy transplant
        """,
    "SYMPTOM": """
        choc anaphylaxie allergie~ allergique~ eruption~ urticaire thrombose~ embolie~ myocardite~
        pericardite~ avc convulsion~ malaise~ vertige~ vomissement~ vomi vomit nausee~ fievre
        douleur~ oedeme~ saignement~ hemorragie~ paralysie~ paralyse~ neuropathie~ urgences
        reanimation coma septicemie decede~ deces mort~ hospitalise~ anaphylaxis allergic rash~
        hives thrombosis embolism myocarditis seizure~ stroke clot~ fever pain~ nausea vomiting
        swelling bleeding paralysed collapsed hospitalised hospitalized complication~ sepsis died
        death~ dead hepatite~ hepatitis perdu_la_vue perdu_connaissance aveugle~ sourd~ blind deaf
        """,
    "REACTION": """
        reaction~ reagi effet_secondaire effets_secondaires effet_indesirable effets_indesirables
        side_effect~ adverse_effect~ adverse_event~ adverse_reaction~ reacted
        """,
    "AFTER": """
        apres depuis suite_à suite_a suite_au suite_aux à_cause_de à_cause_du lendemain_de
        lendemain_du after since following because_of
        """,
    "SOME": """
        un une deux trois quatre cinq six sept huit dix plusieurs nos mes notre mon ma ce cette le N
        a the one two three four five six seven eight ten several our my this
        """,
    "PATIENT": """
        patient~ malade~ volontaire~ participant~ personne~ nourrisson~ volunteer~ people person
        infant~
        """,
    "CAUSED": """
        provoque~ cause~ entraine~ declenche~ donne caused gave triggered rendu~ made
        """,
    "YOU": "vous you",
    "YOUR": "votre vos your",
    "YOURS": "votre vos leur leurs your their",
    "FIRM": "societe entreprise laboratoire labo firme start_up company firm lab",
    "HAS": "a ont avez aurait auraient auriez has have had",
    "DECEIVED": """
        falsifie~ truque~ menti triche fraude~ dissimule~ cache~ plagie~ corrompu~ harcele~
        agresse~ escroque~ vole~ trompe~ etouffe~ trahi~ soudoye~ viole~ empoisonne~ falsified
        faked lied cheated stolen bribed concealed misled deceived defrauded plagiarised
        plagiarized harassed assaulted poisoned covered_up
        """,
    "DECEIVE": """
        mentez trichez fraudez cachez dissimulez falsifiez truquez plagiez corrompez volez trompez
        """,
    "WRONG": """
        fraude~ escroquerie~ arnaque~ corruption scandale~ mensonge~ plagiat~ harcelement
        detournement~ pot_de_vin pots_de_vin magouille~ negligence~ imposture fraud~ scam~ scandal~
        lies plagiarism harassment bribe~ bribery cover_up coverup negligence
        """,
    "CROOK": """
        menteur~ menteuse~ escroc~ fraudeur~ fraudeuse~ voleur~ voleuse~ assassin~ charlatan~
        malhonnete~ raciste~ liar~ crook~ thief thieves fraudster~ murderer~ dishonest racist~
        """,
    "WRONGDOER": """
        {CROOK} criminel~ criminelle~ corrompu~ incompetent~ coupable~ criminal~ corrupt guilty
        """,
    "PRICE": "prix tarif~ tarification price~ pricing fee~",
    "TERM": "marge~ remises remise_commerciale rabais margin~ discount~ rebate~",
    "CLIENT": "client~ cliente~ clientele customer~",
    "TENDER": "appel_d_offres appels_d_offres tender~",
    "GROW": """
        doubler tripler augmenter etendre agrandir accroitre ajouter ouvrir installer construire
        fermer double triple increase expand add open install build close
        """,
    "CAPACITY": "capacite~ capacity capacities",
    "PLANT": "capacite~ ligne~ usine~ cuve~ capacity capacities line~ plant~ factory factories",
    "MAKE": "produisez fabriquez travaillez vendez",
    "WILL_YOU": """
        allez_vous comptez_vous prevoyez_vous envisagez_vous projetez_vous vous_allez vous_comptez
        vous_prevoyez will_you you_will are_you_going do_you_plan do_you_intend are_you_planning
        you_plan are_you_adding
        """,
}


PHRASES: Mapping[str, tuple[str, ...]] = {
    "MINE": ("mon|ma|mes|my {FAMILY}", "notre|our {CHILD}"),
    "TITLED": ("m|mr|mme|mlle|mrs|ms|dr|pr|prof|monsieur|madame|docteur|professeur NAME",),
    "SUPERIOR": ("mon|ma|le|la|votre|notre|my|the|your|our|this|cette|ce {WORKMATE}|{FIRM}",),
    "ONE_PATIENT": ("{SOME} (de|of) (nos|mes|our|my|the) {PATIENT}",),
    "SOMEONE": (
        "patient|patiente|enfant|fille|garcon|homme|femme|bebe|boy|girl|man|woman|child|infant",
    ),
    "MY_CARE": ("mon|ma|mes|my (premiere|deuxieme|derniere|first|second|last) {CARE}",),
}

_EFFECT_ON_SOMEONE = """
    {MINE} & {REACTION}
    {MINE} & {SYMPTOM} & {AFTER} … {CARE}
    {MINE} & {CARE} … {CAUSED} … {SYMPTOM}
    {MINE} … ne|n|cannot|can_t|stopped|lost … depuis|since … {CARE}
    since|depuis … {CARE} … {MINE}
    {MINE} & allergique|allergic à|a|au|aux|to .. {CARE}
    depuis|since {MY_CARE}
    apres|suite_à|after|following {MY_CARE} & {SYMPTOM}
    j ai eu|fait|ressenti|developpe|subi|presente .. {REACTION}
    j ai eu|fait|ressenti|developpe|subi|presente .. {SYMPTOM} & {CARE}
    j ai un|une|des|de (gros|grosse|fortes|graves) {REACTION}|{SYMPTOM} & {CARE}
    j ai .. reagi & {CARE}
    i had|got|developed|have|experienced|suffered .. {REACTION}
    i had|got|developed|have|experienced|suffered .. {SYMPTOM} & {CARE}
    i reacted & {CARE}
    m|me a|ont .. {CAUSED} .. {SYMPTOM}|{REACTION}
    {ONE_PATIENT} .. a|ont fait|eu|developpe|presente|subi .. {REACTION}
    {ONE_PATIENT} .. a|ont fait|eu|developpe|presente|subi .. {SYMPTOM} & {CARE}
    {ONE_PATIENT} .. est|sont .. decede~|mort~ … {AFTER} … {CARE}
    {ONE_PATIENT} .. died … {AFTER} … {CARE}
    {ONE_PATIENT} .. developed|had|suffered|experienced .. {SYMPTOM}|{REACTION} & {CARE}
    {ONE_PATIENT} .. developpe|developed .. {CONDITION} … {AFTER} … {CARE}
"""

SIGNS: Mapping[str, str] = {
    "health": """
        {MINE} … {CONDITION}|{STATE}|{CARE}|{SYMPTOM}|hopital|hospital|surgery
        {MINE} … … {CONDITION}
        {CONDITION}|{STATE}|{CARE} … {MINE}
        mon|ma|mes|my (propre|own) {CONDITION}|{CARE}
        je souffre|souffrais .. {CONDITION}
        je vis avec .. {CONDITION}
        j ai (eu) un|une|le|la|du|des {CONDITION}
        j ai ete opere~|greffe~|hospitalise~|diagnostique~|vaccine~|transfuse~|irradie~|traite~
        j ai recu|subi un|une|la|le|mon|ma|plusieurs|N {CARE}
        je suis (moi_meme|tres|gravement|une) (patient|patiente|personne) {STATE}
        on m a .. diagnostique|opere|greffe|injecte|prescrit
        i suffer|suffered .. {CONDITION}
        i (am) live|living with .. {CONDITION}
        i have|had (been) (a|an|the) (multiple|chronic|severe) {CONDITION}
        i am|m|was|been (very|seriously|recently|a) {STATE}
        as a|an {CONDITION} patient|survivor
        en_tant_que malade|patient~ (atteint~) du|de|d (la|un|une|l) {CONDITION}
        i was|am|been (being) treated|operated for|with .. {CONDITION}
        etant|suis .. atteint~|porteur|porteuse d|de .. {CONDITION}
        atteint~|porteur|porteuse d|de (un|une|la|l) {CONDITION} puis|je|j
        patient with .. {CONDITION} & i|my
        il|elle|he|she a|avait|has|had (eu) (un|une|le|la|a) {CONDITION}
        il|elle|he|she souffre|souffrait|suffers d|de|from (un|une|la|l) {CONDITION}
        {TITLED} (NAME) a|avait|has|had (eu) (un|une|le|la) {CONDITION}
        {TITLED} (NAME) est|etait|is|was (tres|gravement|seriously|very) {STATE}
        {SUPERIOR} a|avait|has|had (eu) (un|une|le|la) {CONDITION}
        {SUPERIOR} est|etait|is|was (tres|gravement|seriously|very) {STATE}
        mon|ma|ce|cette|notre|my|this|our patient|patiente|malade … {CONDITION}|{STATE}|{CARE}
        {SOMEONE} (age~) de|of|aged N ans|mois|years|months & {CONDITION}|{STATE}|{CARE}
        N year|years old {SOMEONE} & {CONDITION}|{STATE}|{CARE}
        """
    + _EFFECT_ON_SOMEONE,
    "adverse_effect": """
        nous_avons|on_a|j_ai .. vu|eu|constate|observe .. {SYMPTOM}|{REACTION} … {AFTER} … {CARE}
        we|i saw|observed|had|have_seen .. {SYMPTOM}|{REACTION} … {AFTER} … {CARE}
        """
    + _EFFECT_ON_SOMEONE,
    "accusation": """
        {HAS} (t) (vous|il|elle|ils|elles|on|you|they) (pas|deja|sciemment|deliberement) {DECEIVED}
        {HAS} (not|all|knowingly|deliberately|simply) {DECEIVED}
        {HAS} .. detourne~ .. fonds|argent|subvention~
        {HAS} .. manipule|manipulated|fabricated|invente .. donnees|resultats|chiffres|data|results
        {HAS} .. tue mon|ma|mes|des|un|une patient~|malade~|{FAMILY}
        donnees|resultats|chiffres … ete falsifie~|truque~|manipule~
        data|results|figures … were|was|been falsified|faked|fabricated|manipulated
        {DECEIVE} vous
        vous (nous) {DECEIVE}
        vous (nous) achetez|payez|corrompez|exploitez .. experts|inspecteurs|stagiaires|medecins
        {SUPERIOR} (de) (la|l) (agence) ment|exploite|lies|cheats
        c_est scandaleux|honteux|criminel|criminal|disgraceful
        you|they|he|she (all) lied|lie|cheat|cheated|stole|falsified|faked|bribed
        that|who|which lied|cheated|stole
        did|do you|they|he|she (all) lie|cheat|steal|bribe|falsify|fake|hide|conceal
        {SUPERIOR} a|an {CROOK}
        are|is|was|were (you|they|he|she) lying|cheating|hiding|stealing
        {HAS} ete (lourdement) condamne~|inculpe~|mis_en_examen|mise_en_examen
        was|were|been convicted|indicted
        {YOURS} (gros|grosse|own) {WRONG}
        {WRONG} de|d|chez|par|at|by|from (la) (societe) {TITLED}|NAME
        {WRONG} de|at|by (la) {SUPERIOR}
        c_est|it_s|it_is|this_is|that_is (un|une|de|du|des|a) (pur|pure|vraie|vrai|real) {WRONG}
        vous|ils|elles|they|you etes|sont|are|re (tous|toutes|all) (des|un|une|a|an) {WRONGDOER}
        est|sont|is|are|was (tous|all) (un|une|des|a|an) ({FIRM}) {CROOK}
        {TITLED}|NAME (NAME) est|sont|is|are|was (un|une|des|a|an) {WRONGDOER}
        {SUPERIOR} est|is|etait|was (un|une|a|an) {WRONGDOER}
        bande de {WRONGDOER}
        j|je accuse|denonce
        i accuse|denounce
        à_cause_de|a_cause_de vous
        par|est votre|sa|leur faute
        your|his|her|their fault
        responsable~ de la mort de|d|des (un|une) {MINE}|{PATIENT}
        responsible for the death~ of (a) {MINE}|{PATIENT}
        """,
    "competition": """
        {YOUR} (propre~|own|nouveau~|futur~|new|selling|unit) {PRICE}
        {YOURS} (propre~|own|nouvelles|profit|gross) {TERM}
        combien|prix (de) .. facturez|vendez
        combien .. paie|payent|paient t_on|t_il|t_ils .. dose|lot|gramme|batch
        combien .. coute … chez_vous
        how_much … cost .. with_you|at_your
        do {YOU} give|offer|make .. {TERM}
        how_much|what do|will|would {YOU} charge|bill
        quel~|quelle~|what .. {PRICE}|{TERM} .. facturez|pratiquez|faites|appliquez|do|avez {YOU}
        {PRICE}|{TERM} (pratiques|pratiquees|factures) chez|par|at|by NAME|{YOUR}
        {TERM} (commerciale~) de|d|of NAME
        NAME s (profit|gross) {TERM}
        aligner|fixer|augmenter|align|fix|raise (all) (tous) nos|our {PRICE}|{TERM}
        entendre|entente|accord|agree|agreement sur|on (les|nos|our|the) {PRICE}|{TERM}
        repartir|partager (entre_nous) les|le|nos {CLIENT}|marche|marches
        split|divide|share_out (up) the|our {CLIENT}|market~
        qui|quels|who|which sont|are {YOURS} (principaux|plus_gros|biggest|main|premiers) {CLIENT}
        liste|nom|noms|list|name|names (de|des|of) (the|vos|your|leurs|their) {CLIENT}
        combien de {CLIENT} avez|aurez
        à|a|pour|avec quels|quelles (autres) laboratoires|societes|entreprises {MAKE}
        which companies do|are {YOU}
        how many {CLIENT} do|have
        pour|à|a quels|quel {CLIENT}
        for|which {CLIENT} do|are {YOU}
        {CLIENT} de|d|of|chez NAME
        repondez|repondrez|repondu|soumissionnez|gagne|remporte|perdu|propose … {TENDER} & {YOU}
        bid|bidding|won|lost|win|offer|offered … {TENDER} & {YOU}
        qui|who (a) gagne|remporte|perdu|won|lost … {TENDER}
        {WILL_YOU} … {TENDER}
        {TENDER} … repondez|repondrez|repondre|soumissionnez|bid|bidding|propose|offer & {YOU}
        {YOURS} .. {TENDER}|offre_financiere|soumission
        {WILL_YOU} … {GROW} .. {PLANT}
        {CAPACITY} … {WILL_YOU}
        combien|quel|quels .. volume~|litres {WILL_YOU} .. produire|installer|fabriquer
        how many litres|reactors|lines {WILL_YOU} .. install|add|build|open
        {CAPACITY} .. aurez_vous|vous_aurez
        {YOURS} {CAPACITY} (de) (production) … future~|futur~|prevue~|planned|in_N|en_N|d_ici
        {YOURS} future~|planned|next {CAPACITY}
        {YOURS} capacity|expansion|production (capacity) plan~|roadmap
        {YOURS} plan~|projet~ (d_extension) de (vos) {CAPACITY}
        {GROW} (de) {YOUR} {PLANT}
        {CAPACITY} … chez|de|at|of NAME … en_N|in_N|prevue~|planned
        """,
    "words": """
        connard~|connasse~|salaud~|salop~|salope~|pute~|putain~|merde~|merdique~|encule~|enfoire~
        batard~|abruti~|cretin~|cretine~|imbecile~|debile~|couillon~|couille~|chier|chiant~|emmerde~
        bordel|foutaise~|branleur~|petasse~|pouffiasse~|boloss|pede~|tapette~|gouine~|tarlouze~|fdp
        bougnoule~|negre~|youpin~|bicot~|chinetoque~|mongolien~|nique|niquer|con|conne~|cul|nazi~
        idiot~|trou_du_cul|ta_gueule|vos_gueules|conneries|foutez_vous|se_foutent|va_te_faire|allez_vous_faire|ferme_la|casse_toi
        sale~|gros|bande_de|espece_de|les|des cons
        sale~|gros|petit|petits|bande_de|espece_de pd|pds
        sale~ arabe~|juif~|juive~|noir~|noire~|blanc~|race|gueule
        {YOU} etes|are|re (tous|toutes|all|so) stupide~|stupid|nul~|nulle~|dumb|pathetic|ridicule~
        fuck|fucking|fucked|fucker~|motherfucker~|shit|shitty|bullshit|bitch|bitches|bastard~|asshole~
        arsehole~|cunt~|dickhead~|wanker~|twat~|slut~|whore~|faggot~|nigger~|moron~|crap|scumbag~
        you suck|all_suck
        """,
}

ALLOWED = re.compile(
    r"\bCon ?A\b"
    r"|(?i:\banti-?PD-?L?-?[12]\b|\bPD-?L?-?[12]\b|\bPK/PD\b|\bpros? (?:and|et|ou|or|/) cons?\b"
    r"|\bcul-de-sac\b|\b(?:question|remarque)s? (?:peut-être )?(?:idiote|idiot|débile)s?\b"
    r"|\bprix Nobel\b|\bvolé au secours\b|\bcomplications? (?:réglementaire|juridique)s?\b"
    r"|\bidiot[- ]proof\b|\bbastard (?:file|title)\b)"
    r"|(?i:\btraitements? (?:des? |d['’])(?:la |l['’])?(?:données|air|eaux?|signal|images?)\b)"
    r"|(?i:\bmarges? (?:de |d['’])(?:manœuvre|manoeuvre|sécurité|erreur|progrès|progression"
    r"|amélioration)\b|\bsafety margins?\b|\bmargins? (?:of|for) (?:error|safety|improvement)\b)"
)
"""Terms of the trade, and turns of phrase, that only look like one of the signs."""
