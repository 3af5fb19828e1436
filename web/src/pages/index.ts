// All pages, in the order of their tabs, and the areas in the order of the feature pane. An area
// without a page that the person may see is not shown. Adding a page is adding a line here.
import type { AreaId, Page } from './page';

export const pages: readonly Page[] = [
  {
    area: 'dashboard',
    tab: 'overview',
    title: 'dashboard.title',
    needs: ['Get-ExchangeServer'],
    load: () => import('./dashboard'),
  },
  {
    area: 'recipients',
    tab: 'mailboxes',
    title: 'mailboxes.title',
    needs: ['Get-Mailbox'],
    load: () => import('./recipients/mailboxes'),
  },
  {
    area: 'recipients',
    tab: 'groups',
    title: 'groups.title',
    needs: ['Get-DistributionGroup'],
    load: () => import('./recipients/groups'),
  },
  {
    area: 'recipients',
    tab: 'contacts',
    title: 'contacts.title',
    needs: ['Get-MailContact'],
    load: () => import('./recipients/contacts'),
  },
  {
    area: 'mail-flow',
    tab: 'send-connectors',
    title: 'sendConnectors.title',
    needs: ['Get-SendConnector'],
    load: () => import('./mail-flow/send-connectors'),
  },
  {
    area: 'mail-flow',
    tab: 'queues',
    title: 'queues.title',
    needs: ['Get-Queue'],
    load: () => import('./mail-flow/queues'),
  },
  {
    area: 'mail-flow',
    tab: 'dkim',
    title: 'dkim.title',
    needs: ['Get-DkimSigningConfig'],
    load: () => import('./mail-flow/dkim'),
  },
  {
    area: 'mail-flow',
    tab: 'publishing',
    title: 'publishing.title',
    needs: ['Test-DomainPublishing'],
    load: () => import('./mail-flow/publishing'),
  },
  {
    area: 'mail-flow',
    tab: 'transport-security',
    title: 'transportSecurity.title',
    needs: ['Get-TransportSecurity'],
    load: () => import('./mail-flow/transport-security'),
  },
  {
    area: 'mail-flow',
    tab: 'test-message',
    title: 'testMessage.title',
    needs: ['Send-TestMessage'],
    load: () => import('./mail-flow/test-message'),
  },
  {
    area: 'servers',
    tab: 'certificates',
    title: 'certificates.title',
    needs: ['Get-ExchangeCertificate'],
    load: () => import('./servers/certificates'),
  },
  {
    area: 'sandbox',
    tab: 'messages',
    title: 'sandbox.title',
    needs: [],
    sandboxOnly: true,
    load: () => import('./sandbox/messages'),
  },
  {
    area: 'sandbox',
    tab: 'domains',
    title: 'sandboxDomains.title',
    needs: [],
    sandboxOnly: true,
    load: () => import('./sandbox/domains'),
  },
];

export const areas: readonly {
  id: AreaId;
  text: `areas.${'dashboard' | 'recipients' | 'mailFlow' | 'servers' | 'sandbox'}`;
}[] = [
  { id: 'dashboard', text: 'areas.dashboard' },
  { id: 'recipients', text: 'areas.recipients' },
  { id: 'mail-flow', text: 'areas.mailFlow' },
  { id: 'servers', text: 'areas.servers' },
  { id: 'sandbox', text: 'areas.sandbox' },
];

/** The pages for somebody who may run these cmdlets. */
export function pagesFor(cmdlets: readonly string[], sandbox: boolean): Page[] {
  const permitted = new Set(cmdlets.map((name) => name.toLowerCase()));
  return pages.filter(
    (page) =>
      (sandbox || !page.sandboxOnly) &&
      page.needs.every((name) => permitted.has(name.toLowerCase())),
  );
}
