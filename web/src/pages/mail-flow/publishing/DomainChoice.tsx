// Which of the organization's domains is looked at.
import { Field, Select, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';

const useStyles = makeStyles({
  field: { display: 'flex', alignItems: 'center', columnGap: '8px', maxWidth: '340px' },
});

interface Props {
  domains: readonly string[];
  value: string;
  onChange: (domain: string) => void;
}

export function DomainChoice({ domains, value, onChange }: Props): ReactElement {
  const styles = useStyles();
  const { t } = useTranslation();
  return (
    <Field
      className={styles.field}
      orientation="horizontal"
      label={t('publishing.columns.domain')}
      size="small"
    >
      <Select value={value} onChange={(_, data) => onChange(data.value)}>
        {domains.map((domain) => (
          <option key={domain} value={domain}>
            {domain}
          </option>
        ))}
      </Select>
    </Field>
  );
}
