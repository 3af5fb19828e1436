// How the connector signs in at its smart hosts: with a password, an access token or a certificate.
import { MessageBar, MessageBarBody, makeStyles } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { CheckField, RadioField, SelectField, TextField } from '../../../parts/fields';
import { useCertificateNames } from '../../servers/certificates/use-names';
import { isBasic, type Mechanism } from './connector';
import type { FieldsProps } from './fields';

const useStyles = makeStyles({
  stack: { display: 'flex', flexDirection: 'column', rowGap: '10px' },
});

const KINDS = [
  'None',
  'Basic',
  'OAuth2',
  'ClientCertificate',
  'ExchangeServer',
  'ExternalAuthoritative',
] as const;
type Kind = (typeof KINDS)[number];

interface AuthenticationProps extends FieldsProps {
  /** The user whose password is stored already. */
  stored?: string;
}

export function AuthenticationFields({
  settings,
  change,
  stored = '',
}: AuthenticationProps): ReactElement {
  const { t } = useTranslation();
  const mechanism = settings.SmartHostAuthMechanism;
  const kind: Kind = isBasic(mechanism) ? 'Basic' : (mechanism as Kind);
  const choose = (next: Kind) =>
    change({ SmartHostAuthMechanism: next === 'Basic' ? 'BasicAuth' : (next as Mechanism) });
  return (
    <RadioField
      label={t('sendConnectors.auth')}
      parameter="SmartHostAuthMechanism"
      value={kind}
      onChange={choose}
      choices={KINDS.map((value) => ({
        value,
        label: t(`sendConnectors.auths.${value}`),
        more: <More kind={value} settings={settings} change={change} stored={stored} />,
      }))}
    />
  );
}

/** What a kind wants to know besides. */
function More({ kind, ...part }: Part & { kind: Kind }): ReactElement | null {
  switch (kind) {
    case 'Basic':
      return <Basic {...part} />;
    case 'OAuth2':
      return <OAuth {...part} />;
    case 'ClientCertificate':
      return <Certificate {...part} />;
    default:
      return null;
  }
}

function Certificate({ settings, change }: Part): ReactElement {
  const { t } = useTranslation();
  return (
    <TextField
      label={t('sendConnectors.tlsCertificate')}
      parameter="TlsCertificateName"
      hint={t('sendConnectors.certificateHint')}
      required
      code
      choices={useCertificateNames()}
      value={settings.TlsCertificateName}
      onChange={(TlsCertificateName) => change({ TlsCertificateName })}
    />
  );
}

function Basic({ settings, change, stored }: Part): ReactElement {
  const { t } = useTranslation();
  const styles = useStyles();
  const afterTls = settings.SmartHostAuthMechanism === 'BasicAuthRequireTLS';
  return (
    <div className={styles.stack}>
      <CheckField
        label={t('sendConnectors.requireTlsForAuth')}
        checked={afterTls}
        onChange={(on) =>
          change({ SmartHostAuthMechanism: on ? 'BasicAuthRequireTLS' : 'BasicAuth' })
        }
      />
      {!afterTls && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t('sendConnectors.clearText')}</MessageBarBody>
        </MessageBar>
      )}
      <CredentialFields settings={settings} change={change} stored={stored} />
    </div>
  );
}

type Part = Pick<FieldsProps, 'settings' | 'change'> & { stored: string };

function OAuth({ settings, change, stored }: Part): ReactElement {
  const { t } = useTranslation();
  const styles = useStyles();
  const refreshes = settings.OAuthGrantType === 'RefreshToken';
  return (
    <div className={styles.stack}>
      <TextField
        label={t('sendConnectors.oauth.tokenUrl')}
        parameter="OAuthTokenUrl"
        required
        code
        hint={t('sendConnectors.oauth.tokenUrlHint')}
        value={settings.OAuthTokenUrl}
        onChange={(OAuthTokenUrl) => change({ OAuthTokenUrl })}
      />
      <TextField
        label={t('sendConnectors.oauth.clientId')}
        parameter="OAuthClientId"
        required
        code
        value={settings.OAuthClientId}
        onChange={(OAuthClientId) => change({ OAuthClientId })}
      />
      <TextField
        label={t('sendConnectors.oauth.scope')}
        parameter="OAuthScope"
        code
        hint={t('sendConnectors.oauth.scopeHint')}
        value={settings.OAuthScope}
        onChange={(OAuthScope) => change({ OAuthScope })}
      />
      <SelectField
        label={t('sendConnectors.oauth.grant')}
        parameter="OAuthGrantType"
        value={settings.OAuthGrantType}
        onChange={(OAuthGrantType) => change({ OAuthGrantType })}
        choices={(['ClientCredentials', 'RefreshToken'] as const).map((value) => ({
          value,
          label: t(`sendConnectors.oauth.grants.${value}`),
        }))}
      />
      <CredentialFields settings={settings} change={change} stored={stored} />
      {refreshes && (
        <TextField
          label={t('sendConnectors.oauth.clientSecret')}
          parameter="OAuthClientSecret"
          secret
          hint={t('sendConnectors.oauth.clientSecretHint')}
          value={settings.OAuthClientSecret}
          onChange={(OAuthClientSecret) => change({ OAuthClientSecret })}
        />
      )}
    </div>
  );
}

/** Who signs in, and with what. */
function CredentialFields({ settings, change, stored }: Part): ReactElement {
  const { t } = useTranslation();
  const keeps = stored !== '' && settings.UserName === stored;
  const isOAuth = settings.SmartHostAuthMechanism === 'OAuth2';
  const secret = isOAuth
    ? t(`sendConnectors.oauth.secrets.${settings.OAuthGrantType}`)
    : t('sendConnectors.password');
  return (
    <>
      <TextField
        label={isOAuth ? t('sendConnectors.oauth.mailbox') : t('sendConnectors.userName')}
        parameter="UserName"
        required
        code
        value={settings.UserName}
        onChange={(UserName) => change({ UserName })}
      />
      <TextField
        label={secret}
        parameter="AuthenticationCredential"
        required={!keeps}
        secret
        hint={keeps ? t('sendConnectors.passwordKept') : undefined}
        value={settings.Password}
        onChange={(Password) => change({ Password })}
      />
    </>
  );
}
