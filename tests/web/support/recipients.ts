// The pages of recipients as steps of a person.
import { expect, type Locator } from '@playwright/test';

import type { Person } from './fixtures.ts';
import { label, type Word } from './words.ts';

export type Tab = Extract<Word, 'mailboxes' | 'groups' | 'contacts'>;

export async function openRecipients(person: Person, tab: Tab): Promise<void> {
  await person.page.getByRole('link', { name: label(person.say('recipients')) }).click();
  await person.page.getByRole('link', { name: label(person.say(tab)) }).click();
}

/** Opens a tab of the edit dialog. */
export async function turnTo(person: Person, dialog: Locator, tab: Word): Promise<void> {
  await dialog.getByRole('tab', { name: label(person.say(tab)) }).click();
}

/** Chooses recipients by what is typed, each of whom is the only one that it finds. */
export async function choose(person: Person, title: Word, ...typed: string[]): Promise<void> {
  const dialog = person.dialog(title);
  for (const text of typed) {
    await dialog.getByRole('searchbox').fill(text);
    await dialog.getByRole('searchbox').press('Enter');
    await expect(dialog.getByRole('searchbox')).toHaveValue('');
  }
  await person.button('ok', dialog).click();
  await expect(dialog).toBeHidden();
}

/** Takes one by a double click. It is lost where the list is drawn anew between its clicks: then once more. */
export async function chooseAtOnce(dialog: Locator, name: string): Promise<void> {
  await expect(async () => {
    const row = dialog.getByRole('row').filter({ hasText: name });
    if (await dialog.isVisible()) await row.dblclick({ timeout: 2000 });
    await expect(dialog).toBeHidden({ timeout: 2000 });
  }).toPass();
}
