import { expect, it } from 'vitest';
import { BLANK, broken, changes, creation, settingsOf, type Contact } from './contact';

const CONTACT = {
  Name: 'Eva',
  DisplayName: 'Eva',
  ExternalEmailAddress: 'eva@fabrikam.com',
  EmailAddresses: ['eva@contoso.com'],
} as Contact;

it('sends what was changed', () => {
  const base = settingsOf(CONTACT);
  expect(base.DisplayName).toBe('');
  expect(changes(base, base)).toEqual({});
  const other = { ...base, DisplayName: 'Eva Extern', ExternalEmailAddress: ' e@fabrikam.com' };
  expect(changes(base, { ...other, EmailAddresses: [] })).toEqual({
    DisplayName: 'Eva Extern',
    ExternalEmailAddress: 'e@fabrikam.com',
    EmailAddresses: [],
  });
  expect(changes(other, base)).toMatchObject({ DisplayName: null });
});

it('leaves to the server what is not given for a new one', () => {
  const wanted = { ...BLANK, Name: 'Eva', ExternalEmailAddress: 'eva@fabrikam.com' };
  expect(creation(wanted)).toEqual({ Name: 'Eva', ExternalEmailAddress: 'eva@fabrikam.com' });
  const more = { ...wanted, DisplayName: 'E', EmailAddresses: ['eva@contoso.com'] };
  expect(creation(more)).toEqual(more);
  expect(broken(wanted)).toEqual({});
  expect(Object.keys(broken(BLANK))).toEqual(['Name', 'ExternalEmailAddress']);
});
