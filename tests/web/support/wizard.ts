// The wizard's pages as steps of a person, so that each procedure reads like its document.
import { expect, type Locator } from '@playwright/test';

import type { Person } from './fixtures.ts';
import { label, type Word } from './words.ts';

export type Kind = Extract<Word, 'custom' | 'internal' | 'internet' | 'partner'>;

export async function openConnectors(person: Person): Promise<void> {
  await person.page.getByRole('link', { name: label(person.say('mailFlow')) }).click();
  await person.page.getByRole('link', { name: label(person.say('sendConnectors')) }).click();
}

/** Opens the wizard and fills its first page in. */
export async function begin(person: Person, name: string, kind: Kind): Promise<Locator> {
  await person.button('add').first().click();
  const wizard = person.dialog('wizard');
  await person.field('name', wizard).fill(name);
  await person.radio(kind, wizard).check();
  await person.button('next', wizard).click();
  return wizard;
}

export async function addSmartHost(person: Person, wizard: Locator, host: string): Promise<void> {
  await person.button('add', wizard).click();
  const dialog = person.dialog('addSmartHost');
  await dialog.getByRole('textbox').fill(host);
  await person.button('save', dialog).click();
  await expect(dialog).toBeHidden();
  await expect(wizard.getByRole('row').filter({ hasText: host })).toHaveCount(1);
}

export async function addDomain(person: Person, wizard: Locator, domain: string): Promise<void> {
  await person.button('add', wizard).click();
  const dialog = person.dialog('addDomain');
  await dialog.getByLabel(label(person.say('fqdn'))).fill(domain);
  await person.button('save', dialog).click();
  await expect(dialog).toBeHidden();
}

/** Chooses the only server there is, and finishes. */
export async function finish(person: Person, wizard: Locator, server: string): Promise<void> {
  await person.button('add', wizard).click();
  const select = person.dialog('selectServer');
  await select.getByText(server, { exact: true }).first().click();
  await select.getByRole('button', { name: new RegExp(`^${person.say('add')}`) }).click();
  await person.button('ok', select).click();
  await person.button('finish', wizard).click();
  await expect(wizard).toBeHidden();
}

/** The row of a connector in the list. */
export function row(person: Person, name: string): Locator {
  return person.page.getByRole('row').filter({ hasText: name });
}

/** Opens the edit dialog of a connector. */
export async function edit(person: Person, name: string): Promise<Locator> {
  await row(person, name).click();
  await person.button('edit').click();
  const dialog = person.page.getByRole('dialog', { name: new RegExp(name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) });
  await expect(dialog).toBeVisible();
  return dialog;
}
