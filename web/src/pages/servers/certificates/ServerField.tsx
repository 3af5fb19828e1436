// Which server the certificate is for; not shown where there is only one.
import { useMemo, type ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { usePermissions } from '../../../api/permissions';
import { useCmdlet } from '../../../api/queries';
import { SelectField } from '../../../parts/fields';

interface Props {
  /** Empty is the server that is asked. */
  value: string;
  onChange: (server: string) => void;
}

export function ServerField({ value, onChange }: Props): ReactElement | null {
  const { t } = useTranslation();
  const { may } = usePermissions();
  const { data } = useCmdlet('Get-ExchangeServer', {}, { enabled: may('Get-ExchangeServer') });
  const choices = useMemo(
    () => [
      { value: '', label: t('certificates.thisServer') },
      ...(data?.objects ?? []).map(({ Name }) => ({ value: Name, label: Name })),
    ],
    [data, t],
  );
  if (choices.length < 3) return null;
  return (
    <SelectField
      label={t('certificates.columns.server')}
      parameter="Server"
      value={value}
      onChange={onChange}
      choices={choices}
    />
  );
}
