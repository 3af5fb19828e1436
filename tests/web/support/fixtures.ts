// What every test begins with: a server of its own, and an administrator at its pages.
import { type Locator, type Page, test as base } from '@playwright/test';

import { ADMINISTRATOR, PASSWORD, Relais } from './relais.ts';
import { type Language, label, say, type Word } from './words.ts';

/** A person at the pages, who knows the words of one language. */
export class Person {
  readonly say: (word: Word) => string;

  constructor(
    readonly page: Page,
    readonly relais: Relais,
    readonly language: Language,
  ) {
    this.say = say(language);
  }

  /** Opens the pages and signs in. */
  async signIn(user = ADMINISTRATOR, password = PASSWORD, at = ''): Promise<void> {
    await this.page.goto(this.relais.url + at);
    await this.page.locator('input[autocomplete=username]').fill(user);
    await this.page.locator('input[type=password]').fill(password);
    await this.button('signIn').click();
    await this.page.locator('input[type=password]').waitFor({ state: 'detached' });
  }

  button(word: Word, within: Page | Locator = this.page): Locator {
    return within.getByRole('button', { name: label(this.say(word)) });
  }

  dialog(word: Word): Locator {
    return this.page.getByRole('dialog', { name: label(this.say(word)) });
  }

  field(word: Word, within: Page | Locator = this.page): Locator {
    return within.getByRole('textbox', { name: label(this.say(word)) });
  }

  radio(word: Word, within: Page | Locator = this.page): Locator {
    return within.getByRole('radio', { name: new RegExp(`^${this.say(word).replace(/’/g, '[’\']')}(?!\\p{L})`, 'iu') });
  }

  check(word: Word, within: Page | Locator = this.page): Locator {
    return within.getByRole('checkbox', { name: label(this.say(word)) });
  }
}

type Fixtures = { relais: Relais; language: Language; person: Person };

export const test = base.extend<Fixtures>({
  language: ['en', { option: true }],
  locale: async ({ language }, use) => use(language === 'fr' ? 'fr-FR' : 'en-GB'),
  relais: async ({}, use) => {
    const relais = new Relais();
    await relais.start();
    await use(relais);
    await relais.stop();
  },
  person: async ({ page, relais, language }, use) => {
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(`${error}`));
    // What the content security policy keeps out is told here.
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content Security Policy|Refused to/i.test(message.text())) {
        faults.push(message.text());
      }
    });
    await use(new Person(page, relais, language));
    if (faults.length > 0) {
      throw new Error(`the page failed:\n${faults.join('\n')}`);
    }
  },
});

export { expect } from '@playwright/test';
