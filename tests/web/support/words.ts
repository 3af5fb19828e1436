// The words of the documents (reference: exchange/admin-center.md), in both languages. They are written
// down here once more on purpose: what the page shows is compared with them, not with itself.
export type Language = 'en' | 'fr';

const words = {
  signIn: ['Sign in', 'Se connecter'],
  mailFlow: ['Mail flow', 'Flux de messagerie'],
  sendConnectors: ['Send connectors', 'Connecteurs d’envoi'],
  queues: ['Queues', 'Files d’attente'],
  add: ['Add', 'Ajouter'],
  new: ['New', 'Nouveau'],
  edit: ['Edit', 'Modifier'],
  remove: ['Delete', 'Supprimer'],
  save: ['Save', 'Enregistrer'],
  cancel: ['Cancel', 'Annuler'],
  next: ['Next', 'Suivant'],
  back: ['Back', 'Précédent'],
  finish: ['Finish', 'Terminer'],
  ok: ['OK', 'OK'],
  yes: ['Yes', 'Oui'],
  no: ['No', 'Non'],
  wizard: ['New send connector', 'Nouveau connecteur d’envoi'],
  name: ['Name', 'Nom'],
  custom: ['Custom', 'Personnaliser'],
  internal: ['Internal', 'Interne'],
  internet: ['Internet', 'Internet'],
  partner: ['Partner', 'Partenaire'],
  mx: ['MX record associated with recipient domain', 'Enregistrement MX associé au domaine du destinataire'],
  smartHosts: ['Route mail through smart hosts', 'Acheminer tous les messages via les hôtes actifs'],
  addSmartHost: ['Add smart host', 'Ajouter un hôte actif'],
  authentication: ['Smart host authentication', 'Authentification d’un hôte actif'],
  none: ['None', 'Aucun'],
  basic: ['Basic authentication', 'Authentification de base'],
  userName: ['User name', 'Nom d’utilisateur'],
  password: ['Password', 'Mot de passe'],
  addDomain: ['Add domain', 'Ajouter un domaine'],
  addressSpace: ['Address space', 'Espace d’adressage'],
  fqdn: ['Fully Qualified Domain Name (FQDN)', 'Nom de domaine complet (FQDN)'],
  cost: ['Cost', 'Coût'],
  scoped: ['Scoped send connector', 'Connecteur d’envoi délimité'],
  sourceServer: ['Source server', 'Serveur source'],
  selectServer: ['Select a server', 'Sélectionner un serveur'],
  general: ['General', 'Général'],
  delivery: ['Delivery', 'Remise'],
  scoping: ['Scoping', 'Étendue'],
  proxy: ['Proxy through client access server', 'Proxy via serveur d’accès au client'],
  enabled: ['Enabled', 'Activé'],
  disabled: ['Disabled', 'Désactivé'],
  enable: ['Enable', 'Activer'],
  disable: ['Disable', 'Désactiver'],
} as const satisfies Record<string, readonly [string, string]>;

export type Word = keyof typeof words;

/** The documented label; either apostrophe is one, since the documents print both. */
export function say(language: Language): (word: Word) => string {
  return (word) => words[word][language === 'en' ? 0 : 1];
}

/** A whole label, with the star of a compulsory field or the colon of a form where there is one. */
export function label(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[’']/g, '[’\']');
  return new RegExp(`^\\s*\\*?\\s*${escaped}\\s*[:\\*]?\\s*$`, 'i');
}
