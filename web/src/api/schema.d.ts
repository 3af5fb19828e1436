// Made by scripts/openapi.mjs from the OpenAPI description; not to be edited.
export interface paths {
    "/api/v1/cmdlets/Get-AcceptedDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the domains the organization accepts mail for.
         * @description Management roles: Remote and Accepted Domains, Mail Recipients, Mail Recipient Creation, View-Only Configuration.
         */
        post: operations["Get-AcceptedDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-AcceptedDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adds a domain the organization accepts mail for.
         * @description Management roles: Remote and Accepted Domains.
         */
        post: operations["New-AcceptedDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-AcceptedDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Removes an accepted domain that is neither the default nor used by a mailbox.
         * @description Management roles: Remote and Accepted Domains.
         */
        post: operations["Remove-AcceptedDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-AcceptedDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes an accepted domain.
         * @description Management roles: Remote and Accepted Domains.
         */
        post: operations["Set-AcceptedDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-ADPermission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows who holds which extended right on a connector.
         * @description Management roles: Send Connectors, Receive Connectors, View-Only Configuration.
         */
        post: operations["Get-ADPermission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Add-ADPermission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Grants or refuses extended rights on a connector.
         * @description Management roles: Send Connectors, Receive Connectors.
         */
        post: operations["Add-ADPermission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-ADPermission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes extended rights on a connector away again.
         * @description Management roles: Send Connectors, Receive Connectors.
         */
        post: operations["Remove-ADPermission"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-AuthServer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows whose access tokens mail clients may sign in with, and whether the keys to judge them are there.
         * @description Management roles: Organization Transport Settings, View-Only Configuration.
         */
        post: operations["Get-AuthServer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-AuthServer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets mail clients sign in with access tokens of an issuer.
         * @description Management roles: Organization Transport Settings.
         */
        post: operations["New-AuthServer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-AuthServer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes an issuer's access tokens no longer, those of sessions that are open included.
         * @description Management roles: Organization Transport Settings.
         */
        post: operations["Remove-AuthServer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-AuthServer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes whose access tokens are taken, and what must stand in them.
         * @description Management roles: Organization Transport Settings.
         */
        post: operations["Set-AuthServer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-BackPressure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows how scarce each resource of the server is, and what becomes of new mail because of it.
         * @description Management roles: Exchange Servers, Monitoring, Transport Queues, View-Only Configuration.
         */
        post: operations["Get-BackPressure"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-ExchangeDiagnosticInfo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the state of a part of the Transport service as XML.
         * @description Management roles: Exchange Servers, Monitoring, Transport Queues, View-Only Configuration.
         */
        post: operations["Get-ExchangeDiagnosticInfo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Enable-Cluster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Moves the organization from this server alone to an engine that several servers share.
         * @description Management roles: Organization Transport Settings.
         */
        post: operations["Enable-Cluster"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Disable-Cluster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Moves the organization back to this server alone, the last one of it.
         * @description Management roles: Organization Transport Settings.
         */
        post: operations["Disable-Cluster"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-JoinToken": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a token with which one new server joins the organization (relais join).
         * @description Management roles: Organization Transport Settings.
         */
        post: operations["New-JoinToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-ClusterStatus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the servers of the organization, which of them live, and whether mail is redundant here.
         * @description Management roles: Exchange Servers, Organization Transport Settings, Monitoring, View-Only Configuration.
         */
        post: operations["Get-ClusterStatus"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-Server": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Removes a server that does not run any more from the organization, or has this one leave it.
         * @description Management roles: Exchange Servers.
         */
        post: operations["Remove-Server"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-ServerComponentState": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows which parts of a server are in service.
         * @description Management roles: Exchange Servers, Transport Hygiene, Receive Connectors, View-Only Configuration.
         */
        post: operations["Get-ServerComponentState"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-ServerComponentState": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a part of a server out of service, or puts it back.
         * @description Management roles: Exchange Servers, Transport Hygiene.
         */
        post: operations["Set-ServerComponentState"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-DistributionGroup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows distribution groups.
         * @description Management roles: Mail Recipients, Mail Recipient Creation, View-Only Recipients.
         */
        post: operations["Get-DistributionGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-DistributionGroup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Creates a distribution group.
         * @description Management roles: Mail Recipient Creation.
         */
        post: operations["New-DistributionGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-DistributionGroup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Removes a distribution group; its members stay.
         * @description Management roles: Mail Recipient Creation.
         */
        post: operations["Remove-DistributionGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-DistributionGroup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes a distribution group.
         * @description Management roles: Mail Recipients.
         */
        post: operations["Set-DistributionGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Add-DistributionGroupMember": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a recipient a member of a distribution group.
         * @description Management roles: Mail Recipients.
         */
        post: operations["Add-DistributionGroupMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-DistributionGroupMember": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the members of a distribution group.
         * @description Management roles: Mail Recipients, Mail Recipient Creation, View-Only Recipients.
         */
        post: operations["Get-DistributionGroupMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-DistributionGroupMember": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a recipient out of a distribution group.
         * @description Management roles: Mail Recipients.
         */
        post: operations["Remove-DistributionGroupMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Update-DistributionGroupMember": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a distribution group other members in place of those it has.
         * @description Management roles: Mail Recipients.
         */
        post: operations["Update-DistributionGroupMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-DkimSigningConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows how mail from a domain is signed, the records to publish, and whether the DNS has them.
         * @description Management roles: Transport Hygiene, View-Only Configuration.
         */
        post: operations["Get-DkimSigningConfig"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-DkimSigningConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes the keys with which mail from a domain is signed, and shows the records to publish.
         * @description Management roles: Transport Hygiene.
         */
        post: operations["New-DkimSigningConfig"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-DkimSigningConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Removes the keys of a domain; its mail is then signed by a parent domain's, or not at all.
         * @description Management roles: Transport Hygiene.
         */
        post: operations["Remove-DkimSigningConfig"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Rotate-DkimSigningConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes new keys under the other selector, which signs from a date on, once its records are published.
         * @description Management roles: Transport Hygiene.
         */
        post: operations["Rotate-DkimSigningConfig"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-DkimSigningConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes how mail from a domain is signed, or whether it is.
         * @description Management roles: Transport Hygiene.
         */
        post: operations["Set-DkimSigningConfig"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Test-DomainPublishing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the records that accepted domains need in the DNS for their mail, ready to publish, and whether what is published is right.
         * @description Management roles: Send Connectors, Transport Queues, View-Only Configuration.
         */
        post: operations["Test-DomainPublishing"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the certificates of the servers, how far each is trusted, and what it is shown for.
         * @description Management roles: Exchange Servers, View-Only Configuration.
         */
        post: operations["Get-ExchangeCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a certificate that is signed by itself, or a request for one to give to an authority.
         * @description Management roles: Exchange Servers.
         */
        post: operations["New-ExchangeCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Import-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a certificate from a file: with its key (.pfx, .p12, PEM), or what was issued for a request (.cer, .crt, .p7b).
         * @description Management roles: Exchange Servers.
         */
        post: operations["Import-ExchangeCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Enable-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets a certificate be shown for more services, from the next connection on.
         * @description Management roles: Exchange Servers.
         */
        post: operations["Enable-ExchangeCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Export-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a certificate out with its key, as a file of PKCS #12 that the password opens, or a request once more.
         * @description Management roles: Exchange Servers.
         */
        post: operations["Export-ExchangeCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Removes a certificate and its key; one that a connector names only after the connector names another.
         * @description Management roles: Exchange Servers.
         */
        post: operations["Remove-ExchangeCertificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-LdapDirectory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the LDAP directories that recipients come from, and how the last reading went.
         * @description Management roles: Role Management, Mail Recipient Creation, View-Only Configuration, View-Only Recipients.
         */
        post: operations["Get-LdapDirectory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-LdapDirectory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes recipients, and who they are, from an LDAP directory or Active Directory.
         * @description Management roles: Role Management.
         */
        post: operations["New-LdapDirectory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-LdapDirectory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads an LDAP directory no longer; its recipients stay, as the organization's own and without passwords.
         * @description Management roles: Role Management.
         */
        post: operations["Remove-LdapDirectory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-LdapDirectory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes how an LDAP directory is read.
         * @description Management roles: Role Management.
         */
        post: operations["Set-LdapDirectory"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Start-LdapSynchronization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Reads an LDAP directory now, and brings in what it holds; with -WhatIf only says what would change.
         * @description Management roles: Role Management, Mail Recipient Creation.
         */
        post: operations["Start-LdapSynchronization"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-MailContact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows mail contacts.
         * @description Management roles: Mail Recipients, Mail Recipient Creation, View-Only Recipients.
         */
        post: operations["Get-MailContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-MailContact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Creates a mail contact: somebody elsewhere who can be a member of groups and have addresses here.
         * @description Management roles: Mail Recipient Creation.
         */
        post: operations["New-MailContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-MailContact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Removes a mail contact, also from groups.
         * @description Management roles: Mail Recipient Creation.
         */
        post: operations["Remove-MailContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-MailContact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes a mail contact.
         * @description Management roles: Mail Recipients.
         */
        post: operations["Set-MailContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-Recipient": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows mailboxes, distribution groups and mail contacts: whoever has an address.
         * @description Management roles: Mail Recipients, Mail Recipient Creation, View-Only Recipients.
         */
        post: operations["Get-Recipient"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-Mailbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows mailboxes.
         * @description Management roles: Mail Recipients, Mail Recipient Creation, View-Only Recipients.
         */
        post: operations["Get-Mailbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-Mailbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Creates a mailbox.
         * @description Management roles: Mail Recipient Creation.
         */
        post: operations["New-Mailbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-Mailbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Removes a mailbox, except the built-in Administrator and the last administrator of the organization.
         * @description Management roles: Mail Recipient Creation.
         */
        post: operations["Remove-Mailbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-Mailbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes a mailbox.
         * @description Management roles: Mail Recipients.
         */
        post: operations["Set-Mailbox"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-MessageTrackingLog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Searches the message tracking log: what happened to each message, step by step.
         * @description Management roles: Message Tracking, Monitoring.
         */
        post: operations["Get-MessageTrackingLog"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows messages in queues, and with -IncludeRecipientInfo where each recipient stands.
         * @description Management roles: Transport Queues, View-Only Configuration.
         */
        post: operations["Get-Message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Suspend-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Holds messages back in their queues until they are resumed.
         * @description Management roles: Transport Queues.
         */
        post: operations["Suspend-Message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Resume-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets suspended messages be sent again; those of the Poison queue are routed again.
         * @description Management roles: Transport Queues.
         */
        post: operations["Resume-Message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deletes messages from queues, with a report to the sender unless -WithNDR $false.
         * @description Management roles: Transport Queues.
         */
        post: operations["Remove-Message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Export-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a suspended message as a file for AssembleMessage; it stays in its queue.
         * @description Management roles: Transport Queues.
         */
        post: operations["Export-Message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Redirect-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hands the messages of a server's delivery queues to other Mailbox servers, whichever way they would have gone from there.
         * @description Management roles: Transport Queues.
         */
        post: operations["Redirect-Message"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-QueueAction": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows actions on many queues or messages: those under way and the last that ended.
         * @description Management roles: Transport Queues, View-Only Configuration.
         */
        post: operations["Get-QueueAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Stop-QueueAction": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ends an action on many queues or messages; what has been done stays done.
         * @description Management roles: Transport Queues.
         */
        post: operations["Stop-QueueAction"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-QueueDigest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sums up queues of servers by what they have in common, the largest group first.
         * @description Management roles: Transport Queues, View-Only Configuration.
         */
        post: operations["Get-QueueDigest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-Queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows queues: what waits, for where, since which failure.
         * @description Management roles: Transport Queues, View-Only Configuration.
         */
        post: operations["Get-Queue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Suspend-Queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets a queue accept messages and send none until it is resumed.
         * @description Management roles: Transport Queues.
         */
        post: operations["Suspend-Queue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Resume-Queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Lets a suspended queue send again.
         * @description Management roles: Transport Queues.
         */
        post: operations["Resume-Queue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Retry-Queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Tries a queue in status Retry now, or routes its messages again.
         * @description Management roles: Transport Queues.
         */
        post: operations["Retry-Queue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-ReceiveConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows Receive connectors.
         * @description Management roles: Receive Connectors, View-Only Configuration.
         */
        post: operations["Get-ReceiveConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-ReceiveConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Creates a Receive connector, through which a server accepts mail.
         * @description Management roles: Receive Connectors.
         */
        post: operations["New-ReceiveConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-ReceiveConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deletes a Receive connector; its server stops listening for it.
         * @description Management roles: Receive Connectors.
         */
        post: operations["Remove-ReceiveConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-ReceiveConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes a Receive connector.
         * @description Management roles: Receive Connectors.
         */
        post: operations["Set-ReceiveConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-RemoteDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows what applies to mail exchanged with domains that are not ours.
         * @description Management roles: Remote and Accepted Domains, View-Only Configuration.
         */
        post: operations["Get-RemoteDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-RemoteDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Gives a domain that is not ours settings of its own.
         * @description Management roles: Remote and Accepted Domains.
         */
        post: operations["New-RemoteDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-RemoteDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Removes the settings of a remote domain; mail to it goes on under those of Default.
         * @description Management roles: Remote and Accepted Domains.
         */
        post: operations["Remove-RemoteDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-RemoteDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes what applies to mail exchanged with a remote domain.
         * @description Management roles: Remote and Accepted Domains.
         */
        post: operations["Set-RemoteDomain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-RoleGroup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows role groups and the management roles they hold.
         * @description Management roles: Role Management, View-Only Configuration.
         */
        post: operations["Get-RoleGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Add-RoleGroupMember": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Makes a mailbox a member of a role group.
         * @description Management roles: Role Management.
         */
        post: operations["Add-RoleGroupMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-RoleGroupMember": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the members of a role group.
         * @description Management roles: Role Management, View-Only Configuration.
         */
        post: operations["Get-RoleGroupMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-RoleGroupMember": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes a mailbox out of a role group; Organization Management keeps its last member.
         * @description Management roles: Role Management.
         */
        post: operations["Remove-RoleGroupMember"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-SendConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows Send connectors.
         * @description Management roles: Send Connectors, View-Only Configuration.
         */
        post: operations["Get-SendConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/New-SendConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Creates a Send connector, through which mail for outside domains leaves.
         * @description Management roles: Send Connectors.
         */
        post: operations["New-SendConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Remove-SendConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deletes a Send connector; mail queued for it is routed again.
         * @description Management roles: Send Connectors.
         */
        post: operations["Remove-SendConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-SendConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes a Send connector.
         * @description Management roles: Send Connectors.
         */
        post: operations["Set-SendConnector"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-ExchangeServer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the servers of the organization.
         * @description Management roles: Exchange Servers, Send Connectors, Receive Connectors, Transport Queues, View-Only Configuration.
         */
        post: operations["Get-ExchangeServer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Send-TestMessage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sends a message from your own mailbox, to see which way it takes and whether it arrives.
         * @description Management roles: Send Connectors, Transport Queues.
         */
        post: operations["Send-TestMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-TlsReport": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows what others report of encryption on the way to our domains (TLS-RPT), with what each failure means and what to do.
         * @description Management roles: Send Connectors, Transport Queues, View-Only Configuration.
         */
        post: operations["Get-TlsReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-TransportSecurity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows what is demanded of the hosts that mail for a recipient goes to, by whom, and what was seen of them last; without a recipient, whether signatures in the DNS are believed.
         * @description Management roles: Send Connectors, Transport Queues, View-Only Configuration.
         */
        post: operations["Get-TransportSecurity"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-TransportConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the transport settings of the organization.
         * @description Management roles: Organization Transport Settings, View-Only Configuration.
         */
        post: operations["Get-TransportConfig"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-TransportConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes the transport settings of the organization: sizes, reports, redundancy.
         * @description Management roles: Organization Transport Settings.
         */
        post: operations["Set-TransportConfig"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-TransportService": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the Transport service settings of servers.
         * @description Management roles: Exchange Servers, Transport Hygiene, Receive Connectors, View-Only Configuration.
         */
        post: operations["Get-TransportService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-TransportService": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes the Transport service settings of a server: retries, limits, DNS, logs.
         * @description Management roles: Exchange Servers, Transport Hygiene.
         */
        post: operations["Set-TransportService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Get-FrontendTransportService": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Shows the Front End Transport settings of servers.
         * @description Management roles: Exchange Servers, Transport Hygiene, Receive Connectors, View-Only Configuration.
         */
        post: operations["Get-FrontendTransportService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/cmdlets/Set-FrontendTransportService": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Changes the Front End Transport settings of a server: addresses, rates, DNS, logs.
         * @description Management roles: Exchange Servers, Transport Hygiene.
         */
        post: operations["Set-FrontendTransportService"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in, what he may run, and where mail is submitted. */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in, and how long still. */
        get: operations["session"];
        put?: never;
        /** Signs in with a browser. */
        post: operations["signIn"];
        /** Ends the session; without one there is nothing to do. */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes of the directory as they happen; two at a time for a session. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This description. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Yes. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Refused; nothing has been changed. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Yes. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Refused; nothing has been changed. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether new work is welcome. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Yes. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description Refused; nothing has been changed. */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics; without sign-in from the server's own machine. */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Metrics. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/openmetrics-text": string;
                    };
                };
                /** @description Refused; nothing has been changed. */
                401: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
                /** @description Refused; nothing has been changed. */
                403: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        SendConnector: {
            AddressSpaces: string[];
            AuthenticationCredential: string | null;
            CloudServicesMailEnabled: boolean;
            Comment: string | null;
            ConnectedDomains: string[];
            ConnectionInactivityTimeOut: string;
            DNSRoutingEnabled: boolean;
            DomainSecureEnabled: boolean;
            Enabled: boolean;
            ErrorPolicies: string;
            ForceHELO: boolean;
            Fqdn: string | null;
            FrontendProxyEnabled: boolean;
            HomeMTA: string;
            HomeMtaServerId: string | null;
            Identity: string;
            IgnoreSTARTTLS: boolean;
            IsScopedConnector: boolean;
            IsSmtpConnector: boolean;
            LinkedReceiveConnector: string | null;
            MaxMessageSize: string;
            Name: string;
            OAuthClientId: string | null;
            /** @enum {string} */
            OAuthGrantType: "ClientCredentials" | "RefreshToken";
            OAuthScope: string | null;
            OAuthTokenUrl: string | null;
            Port: number;
            /** @enum {string} */
            ProtocolLoggingLevel: "None" | "Verbose";
            RequireOorg: boolean;
            RequireTLS: boolean;
            ShareOfDomains: number;
            /** @enum {string} */
            SmartHostAuthMechanism: "None" | "BasicAuth" | "BasicAuthRequireTLS" | "ExchangeServer" | "ExternalAuthoritative" | "OAuth2" | "ClientCertificate";
            SmartHosts: string[];
            SmartHostsString: string;
            SmtpMaxMessagesPerConnection: number;
            SourceIPAddress: string;
            SourceRoutingGroup: string;
            SourceTransportServers: string[];
            /** @enum {string|null} */
            TlsAuthLevel: "EncryptionOnly" | "CertificateValidation" | "DomainValidation" | null;
            TlsCertificateName: string | null;
            TlsCipherSuites: string;
            TlsDomain: string | null;
            /** @enum {string} */
            TlsMinimumVersion: "Tls12" | "Tls13";
            UseExternalDNSServersEnabled: boolean;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        ReceiveConnector: {
            AdvertiseClientSettings: boolean;
            AuthMechanism: string;
            Banner: string | null;
            BareLinefeedRejectionEnabled: boolean;
            BinaryMimeEnabled: boolean;
            Bindings: string[];
            ChunkingEnabled: boolean;
            Comment: string | null;
            ConnectionInactivityTimeout: string;
            ConnectionTimeout: string;
            DefaultDomain: string | null;
            DeliveryStatusNotificationEnabled: boolean;
            DomainSecureEnabled: boolean;
            EightBitMimeEnabled: boolean;
            EnableAuthGSSAPI: boolean;
            Enabled: boolean;
            EnhancedStatusCodesEnabled: boolean;
            /** @enum {string} */
            ExtendedProtectionPolicy: "None" | "Allow" | "Require";
            ExtendedRights: string[];
            Fqdn: string | null;
            Identity: string;
            ImplicitTlsBindings: string[];
            LongAddressesEnabled: boolean;
            MaxAcknowledgementDelay: string;
            MaxHeaderSize: string;
            MaxHopCount: number;
            MaxInboundConnection: number | "Unlimited";
            MaxInboundConnectionPercentagePerSource: number;
            MaxInboundConnectionPerSource: number | "Unlimited";
            MaxLocalHopCount: number;
            MaxLogonFailures: number;
            MaxMessageSize: string;
            MaxProtocolErrors: number | "Unlimited";
            MaxRecipientsPerMessage: number;
            MessageRateLimit: number | "Unlimited";
            /** @enum {string} */
            MessageRateSource: "None" | "IPAddress" | "User" | "All";
            Name: string;
            OrarEnabled: boolean;
            PermissionGroups: string;
            PipeliningEnabled: boolean;
            /** @enum {string} */
            ProtocolLoggingLevel: "None" | "Verbose";
            RemoteIPRanges: string[];
            RequireEHLODomain: boolean;
            RequireTLS: boolean;
            SenderAuthenticationEnabled: boolean;
            Server: string;
            ServiceDiscoveryFqdn: string | null;
            /** @enum {string} */
            SizeEnabled: "Enabled" | "Disabled" | "EnabledWithoutValue";
            SmtpUtf8Enabled: boolean;
            SuppressXAnonymousTls: boolean;
            TarpitInterval: string;
            TlsCertificateName: string | null;
            TlsCipherSuites: string;
            TlsDomainCapabilities: string[];
            /** @enum {string} */
            TlsMinimumVersion: "Tls12" | "Tls13";
            /** @enum {string} */
            TransportRole: "FrontendTransport" | "HubTransport";
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        AcceptedDomain: {
            Name: string;
            DomainName: string;
            /** @enum {string} */
            DomainType: "Authoritative" | "InternalRelay" | "ExternalRelay";
            Default: boolean;
            AddressBookEnabled: boolean;
            MatchSubDomains: boolean;
            PendingCompletion: boolean;
            PendingRemoval: boolean;
            FederatedOrganizationLink: string | null;
            InitialDomain: boolean;
            Identity: string;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        DomainContentConfig: {
            DomainName: string;
            Name: string;
            /** @enum {string} */
            AllowedOOFType: "External" | "ExternalLegacy" | "InternalLegacy" | "None";
            AutoForwardEnabled: boolean;
            AutoReplyEnabled: boolean;
            /** @enum {string} */
            ByteEncoderTypeFor7BitCharsets: "Use7Bit" | "UseQP" | "UseBase64" | "UseQPHtmlDetectTextPlain" | "UseBase64HtmlDetectTextPlain" | "UseQPHtml7BitTextPlain" | "UseBase64Html7BitTextPlain" | "Undefined";
            CharacterSet: string | null;
            /** @enum {string} */
            ContentType: "MimeHtmlText" | "MimeText" | "MimeHtml";
            DeliveryReportEnabled: boolean;
            DisplaySenderName: boolean;
            IsInternal: boolean;
            LineWrapSize: number | "Unlimited";
            MeetingForwardNotificationEnabled: boolean;
            MessageCountThreshold: number;
            NDRDiagnosticInfoEnabled: boolean;
            NDREnabled: boolean;
            NonMimeCharacterSet: string | null;
            /** @enum {string} */
            PreferredInternetCodePageForShiftJis: "50220" | "50221" | "50222" | "Undefined";
            RequiredCharsetCoverage: number | null;
            TargetDeliveryDomain: boolean;
            TNEFEnabled: boolean | null;
            TrustedMailInboundEnabled: boolean;
            TrustedMailOutboundEnabled: boolean;
            UseSimpleDisplayName: boolean;
            TlsExceptionUntil: string | null;
            IsCoexistenceDomain: boolean;
            Identity: string;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        AuthServer: {
            Name: string;
            AuthMetadataUrl: string;
            Audience: string;
            IssuerIdentifier: string | null;
            UserClaim: string[];
            Enabled: boolean;
            MetadataIssuer: string | null;
            KeyCount: number;
            KeysRead: string | null;
            LastError: string | null;
            Identity: string;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        DkimSigningConfig: {
            Domain: string;
            Enabled: boolean;
            Status: string;
            StatusDetail: string | null;
            LastChecked: string | null;
            Algorithms: string;
            /** @enum {string} */
            HeaderCanonicalization: "Relaxed" | "Simple";
            /** @enum {string} */
            BodyCanonicalization: "Relaxed" | "Simple";
            NumberOfBytesToSign: string;
            IncludeSignatureCreationTime: boolean;
            IncludeKeyExpiration: boolean;
            KeySize: number;
            KeyCreationTime: string | null;
            SigningSelector: string;
            RotateOnDate: string | null;
            SelectorBeforeRotateOnDate: string;
            SelectorAfterRotateOnDate: string;
            OldRecordsNeededUntil: string | null;
            Records: string[];
            Selector1: string;
            Selector1KeySize: number;
            Selector1PublicKey: string | null;
            Selector1Ed25519PublicKey: string | null;
            Selector1RecordName: string | null;
            Selector1Record: string | null;
            Selector1Ed25519RecordName: string | null;
            Selector1Ed25519Record: string | null;
            Selector2: string;
            Selector2KeySize: number;
            Selector2PublicKey: string | null;
            Selector2Ed25519PublicKey: string | null;
            Selector2RecordName: string | null;
            Selector2Record: string | null;
            Selector2Ed25519RecordName: string | null;
            Selector2Ed25519Record: string | null;
            Name: string;
            Identity: string;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        ExchangeCertificate: {
            Thumbprint: string;
            AcmeDirectory: string | null;
            CertificateDomains: string[];
            HasPrivateKey: boolean;
            IsSelfSigned: boolean;
            Issuer: string;
            KeyAlgorithm: string;
            NotAfter: string | null;
            NotBefore: string | null;
            PublicKeySize: number;
            Request: string | null;
            RootCAType: string;
            SerialNumber: string;
            Status: string;
            Subject: string;
            TlsaRecord: string;
            Server: string;
            Identity: string;
            FriendlyName: string;
            Services: string;
            PrivateKeyExportable: boolean;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        Mailbox: {
            Name: string;
            PrimarySmtpAddress: string;
            DeliverToMailboxAndForward: boolean;
            EmailAddresses: string[];
            ForwardingSmtpAddress: string | null;
            Languages: string[];
            MaxSendSize: string;
            MaxReceiveSize: string;
            ProhibitSendReceiveQuota: string;
            RecipientLimits: number | "Unlimited";
            Alias: string;
            DisplayName: string;
            ForwardingAddress: string | null;
            HasPassword: boolean;
            SamAccountName: string | null;
            UserPrincipalName: string | null;
            RecipientType: string;
            Identity: string;
            IsDirSynced: boolean;
            ExternalDirectoryObjectId: string | null;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        DistributionGroup: {
            Name: string;
            PrimarySmtpAddress: string;
            DisplayName: string;
            EmailAddresses: string[];
            MaxReceiveSize: string;
            Notes: string | null;
            RequireSenderAuthenticationEnabled: boolean;
            AcceptMessagesOnlyFromSendersOrMembers: string[];
            Alias: string;
            GroupType: string;
            RecipientType: string;
            RecipientTypeDetails: string;
            Identity: string;
            IsDirSynced: boolean;
            ExternalDirectoryObjectId: string | null;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        LdapDirectory: {
            Name: string;
            Servers: string[];
            BaseDN: string;
            AdoptExistingRecipients: boolean;
            Credential: string | null;
            ContactFilter: string | null;
            Enabled: boolean;
            GroupFilter: string | null;
            MaximumRemovals: number | "Unlimited";
            PasswordVerificationEnabled: boolean;
            /** @enum {string} */
            Schema: "ActiveDirectory" | "InetOrgPerson";
            SynchronizationInterval: string;
            UserFilter: string | null;
            LastSuccess: string | null;
            LastAttempt: string | null;
            LastError: string | null;
            RecipientCount: number;
            LeftOut: string[];
            Identity: string;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        MailContact: {
            Name: string;
            ExternalEmailAddress: string;
            DisplayName: string;
            EmailAddresses: string[];
            Alias: string;
            PrimarySmtpAddress: string;
            RecipientType: string;
            RecipientTypeDetails: string;
            Identity: string;
            IsDirSynced: boolean;
            ExternalDirectoryObjectId: string | null;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        RoleGroup: {
            Name: string;
            Description: string | null;
            Roles: string[];
            Members: string[];
            AssignedRoles: string[];
            DisplayName: string;
            ManagedBy: string[];
            RoleAssignments: string[];
            RoleGroupType: string;
            Identity: string;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        ExchangeServer: {
            Name: string;
            Site: string;
            ServerRole: string;
            Edition: string;
            AdminDisplayVersion: string;
            Fqdn: string;
            Domain: string;
            IsClientAccessServer: boolean;
            IsEdgeServer: boolean;
            IsFrontendTransportServer: boolean;
            IsHubTransportServer: boolean;
            IsMailboxServer: boolean;
            Identity: string;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        TransportService: {
            Name: string;
            TransientFailureRetryCount: number;
            TransientFailureRetryInterval: string;
            OutboundConnectionFailureRetryInterval: string;
            MessageRetryInterval: string;
            DelayNotificationTimeout: string;
            MessageExpirationTimeout: string;
            QueueMaxIdleTime: string;
            MaxOutboundConnections: number | "Unlimited";
            MaxPerDomainOutboundConnections: number | "Unlimited";
            MaxConnectionRatePerMinute: number;
            MaxConcurrentMailboxDeliveries: number;
            MaxConcurrentMailboxSubmissions: number;
            /** @enum {string} */
            IntraOrgConnectorProtocolLoggingLevel: "None" | "Verbose";
            IntraOrgConnectorSmtpMaxMessagesPerConnection: number;
            ExternalDNSAdapterEnabled: boolean;
            ExternalDNSAdapterGuid: string;
            ExternalDNSServers: string[];
            /** @enum {string} */
            ExternalDNSProtocolOption: "Any" | "UseTcpOnly" | "UseUdpOnly";
            ExternalIPAddress: string | null;
            InternalDNSAdapterEnabled: boolean;
            InternalDNSAdapterGuid: string;
            InternalDNSServers: string[];
            /** @enum {string} */
            InternalDNSProtocolOption: "Any" | "UseTcpOnly" | "UseUdpOnly";
            SendProtocolLogPath: string | null;
            SendProtocolLogMaxAge: string;
            SendProtocolLogMaxDirectorySize: string;
            SendProtocolLogMaxFileSize: string;
            ReceiveProtocolLogPath: string | null;
            ReceiveProtocolLogMaxAge: string;
            ReceiveProtocolLogMaxDirectorySize: string;
            ReceiveProtocolLogMaxFileSize: string;
            ConnectivityLogEnabled: boolean;
            ConnectivityLogMaxAge: string;
            ConnectivityLogMaxDirectorySize: string;
            ConnectivityLogMaxFileSize: string;
            ConnectivityLogPath: string | null;
            MessageTrackingLogEnabled: boolean;
            MessageTrackingLogMaxAge: string;
            MessageTrackingLogMaxDirectorySize: string;
            MessageTrackingLogMaxFileSize: string;
            MessageTrackingLogPath: string | null;
            MessageTrackingLogSubjectLoggingEnabled: boolean;
            QueueLogPath: string | null;
            QueueLogMaxAge: string;
            QueueLogMaxDirectorySize: string;
            QueueLogMaxFileSize: string;
            RoutingTableLogPath: string | null;
            RoutingTableLogMaxAge: string;
            RoutingTableLogMaxDirectorySize: string;
            DnsLogEnabled: boolean;
            DnsLogMaxAge: string;
            DnsLogMaxDirectorySize: string;
            DnsLogMaxFileSize: string;
            DnsLogPath: string | null;
            AgentLogEnabled: boolean;
            AgentLogMaxAge: string;
            AgentLogMaxDirectorySize: string;
            AgentLogMaxFileSize: string;
            AgentLogPath: string | null;
            ActiveUserStatisticsLogMaxAge: string;
            ActiveUserStatisticsLogMaxDirectorySize: string;
            ActiveUserStatisticsLogMaxFileSize: string;
            ActiveUserStatisticsLogPath: string | null;
            ServerStatisticsLogMaxAge: string;
            ServerStatisticsLogMaxDirectorySize: string;
            ServerStatisticsLogMaxFileSize: string;
            ServerStatisticsLogPath: string | null;
            IrmLogEnabled: boolean;
            IrmLogMaxAge: string;
            IrmLogMaxDirectorySize: string;
            IrmLogMaxFileSize: string;
            IrmLogPath: string | null;
            ResourceLogEnabled: boolean;
            ResourceLogMaxAge: string;
            ResourceLogMaxDirectorySize: string;
            ResourceLogMaxFileSize: string;
            ResourceLogPath: string | null;
            TransportMaintenanceLogEnabled: boolean;
            TransportMaintenanceLogMaxAge: string;
            TransportMaintenanceLogMaxDirectorySize: string;
            TransportMaintenanceLogMaxFileSize: string;
            TransportMaintenanceLogPath: string | null;
            WlmLogMaxAge: string;
            WlmLogMaxDirectorySize: string;
            WlmLogMaxFileSize: string;
            WlmLogPath: string | null;
            ContentConversionTracingEnabled: boolean;
            PipelineTracingEnabled: boolean;
            PipelineTracingPath: string | null;
            PipelineTracingSenderAddress: string | null;
            PickupDirectoryMaxHeaderSize: string;
            PickupDirectoryMaxMessagesPerMinute: number;
            PickupDirectoryMaxRecipientsPerMessage: number;
            PickupDirectoryPath: string | null;
            ReplayDirectoryPath: string | null;
            RootDropDirectoryPath: string | null;
            PoisonMessageDetectionEnabled: boolean;
            PoisonThreshold: number;
            AntispamAgentsEnabled: boolean;
            RecipientValidationCacheEnabled: boolean;
            UseDowngradedExchangeServerAuth: boolean;
            TransportSyncAccountsPoisonAccountThreshold: number;
            TransportSyncAccountsPoisonDetectionEnabled: boolean;
            TransportSyncAccountsPoisonItemThreshold: number;
            TransportSyncAccountsSuccessivePoisonItemThreshold: number;
            TransportSyncEnabled: boolean;
            TransportSyncExchangeEnabled: boolean;
            TransportSyncHubHealthLogEnabled: boolean;
            TransportSyncHubHealthLogFilePath: string | null;
            TransportSyncHubHealthLogMaxAge: string;
            TransportSyncHubHealthLogMaxDirectorySize: string;
            TransportSyncHubHealthLogMaxFileSize: string;
            TransportSyncImapEnabled: boolean;
            TransportSyncLogEnabled: boolean;
            TransportSyncLogFilePath: string | null;
            TransportSyncLogLoggingLevel: string | null;
            TransportSyncLogMaxAge: string;
            TransportSyncLogMaxDirectorySize: string;
            TransportSyncLogMaxFileSize: string;
            TransportSyncMaxDownloadItemsPerConnection: number;
            TransportSyncMaxDownloadSizePerConnection: string;
            TransportSyncMaxDownloadSizePerItem: string;
            TransportSyncPopEnabled: boolean;
            TransportSyncRemoteConnectionTimeout: string;
            WindowsLiveHotmailTransportSyncEnabled: boolean;
            Identity: string;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        FrontendTransportService: {
            Name: string;
            EgressAddresses: string[];
            TransientFailureRetryCount: number;
            TransientFailureRetryInterval: string;
            MaxConnectionRatePerMinute: number;
            /** @enum {string} */
            IntraOrgConnectorProtocolLoggingLevel: "None" | "Verbose";
            ExternalDNSAdapterEnabled: boolean;
            ExternalDNSAdapterGuid: string;
            ExternalDNSServers: string[];
            /** @enum {string} */
            ExternalDNSProtocolOption: "Any" | "UseTcpOnly" | "UseUdpOnly";
            ExternalIPAddress: string | null;
            InternalDNSAdapterEnabled: boolean;
            InternalDNSAdapterGuid: string;
            InternalDNSServers: string[];
            /** @enum {string} */
            InternalDNSProtocolOption: "Any" | "UseTcpOnly" | "UseUdpOnly";
            SendProtocolLogPath: string | null;
            SendProtocolLogMaxAge: string;
            SendProtocolLogMaxDirectorySize: string;
            SendProtocolLogMaxFileSize: string;
            ReceiveProtocolLogPath: string | null;
            ReceiveProtocolLogMaxAge: string;
            ReceiveProtocolLogMaxDirectorySize: string;
            ReceiveProtocolLogMaxFileSize: string;
            ConnectivityLogEnabled: boolean;
            ConnectivityLogMaxAge: string;
            ConnectivityLogMaxDirectorySize: string;
            ConnectivityLogMaxFileSize: string;
            ConnectivityLogPath: string | null;
            DnsLogEnabled: boolean;
            DnsLogMaxAge: string;
            DnsLogMaxDirectorySize: string;
            DnsLogMaxFileSize: string;
            DnsLogPath: string | null;
            AgentLogEnabled: boolean;
            AgentLogMaxAge: string;
            AgentLogMaxDirectorySize: string;
            AgentLogMaxFileSize: string;
            AgentLogPath: string | null;
            AntispamAgentsEnabled: boolean;
            Identity: string;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        TransportConfig: {
            AddressBookPolicyRoutingEnabled: boolean;
            AgentGeneratedMessageLoopDetectionInSmtpEnabled: boolean;
            AgentGeneratedMessageLoopDetectionInSubmissionEnabled: boolean;
            ClearCategories: boolean;
            DaneEnabled: boolean;
            ConvertDisclaimerWrapperToEml: boolean;
            DiagnosticsAggregationServicePort: number;
            /** @enum {string} */
            DSNConversionMode: "UseExchangeDSNs" | "PreserveDSNBody" | "DoNotConvert";
            ExternalDelayDsnEnabled: boolean;
            ExternalDsnDefaultLanguage: string | null;
            ExternalDsnLanguageDetectionEnabled: boolean;
            ExternalDsnMaxMessageAttachSize: string;
            ExternalDsnReportingAuthority: string | null;
            ExternalDsnSendHtml: boolean;
            ExternalPostmasterAddress: string | null;
            GenerateCopyOfDSNFor: string[];
            /** @enum {string} */
            HeaderPromotionModeSetting: "NoCreate" | "MayCreate" | "MustCreate";
            InternalDelayDsnEnabled: boolean;
            InternalDsnDefaultLanguage: string | null;
            InternalDsnLanguageDetectionEnabled: boolean;
            InternalDsnMaxMessageAttachSize: string;
            InternalDsnReportingAuthority: string | null;
            InternalDsnSendHtml: boolean;
            InternalSMTPServers: string[];
            JournalingReportNdrTo: string | null;
            MaxAllowedAgentGeneratedMessageDepth: number;
            MaxAllowedAgentGeneratedMessageDepthPerAgent: number;
            MaxDumpsterSizePerDatabase: string;
            MaxDumpsterTime: string;
            MaxReceiveSize: string;
            MaxRecipientEnvelopeLimit: number | "Unlimited";
            MaxRetriesForLocalSiteShadow: number;
            MaxRetriesForRemoteSiteShadow: number;
            MaxSendSize: string;
            MtaStsEnabled: boolean;
            QueueDiagnosticsAggregationInterval: string;
            RejectMessageOnShadowFailure: boolean;
            Rfc2231EncodingEnabled: boolean;
            SafetyNetHoldTime: string;
            ShadowHeartbeatFrequency: string;
            ShadowHeartbeatRetryCount: number;
            ShadowHeartbeatTimeoutInterval: string;
            ShadowMessageAutoDiscardInterval: string;
            /** @enum {string} */
            ShadowMessagePreferenceSetting: "PreferRemote" | "LocalOnly" | "RemoteOnly";
            ShadowRedundancyEnabled: boolean;
            ShadowResubmitTimeSpan: string;
            SupervisionTags: string[];
            TLSReceiveDomainSecureList: string[];
            TlsReportingEnabled: boolean;
            TlsRequiredNoEnabled: boolean;
            TLSSendDomainSecureList: string[];
            TransportRuleAttachmentTextScanLimit: string;
            VerifySecureSubmitEnabled: boolean;
            VoicemailJournalingEnabled: boolean;
            Xexch50Enabled: boolean;
            Identity: string;
            Name: string;
            AdminDisplayName: string | null;
            ExchangeVersion: string;
            DistinguishedName: string;
            Guid: string;
            ObjectCategory: string;
            ObjectClass: string[];
            /** Format: date-time */
            WhenChanged: string;
            /** Format: date-time */
            WhenCreated: string;
            /** Format: date-time */
            WhenChangedUTC: string;
            /** Format: date-time */
            WhenCreatedUTC: string;
            Id: string;
            OriginatingServer: string | null;
            IsValid: boolean;
            ObjectState: string;
            ObjectVersion: number;
        };
        Queue: {
            Identity: string;
            QueueIdentity: string;
            NextHopDomain: string;
            NextHopConnector: string;
            /** @enum {string} */
            NextHopCategory: "Internal" | "External";
            DeliveryType: string;
            /** @enum {string} */
            Status: "None" | "Active" | "Connecting" | "Suspended" | "Ready" | "Retry";
            MessageCount: number;
            DeferredMessageCount: number;
            MessageCountsPerPriority: number[];
            DeferredMessageCountsPerPriority: number[];
            PriorityDescriptions: string[];
            LastError: string | null;
            /** Format: date-time */
            LastRetryTime: string | null;
            /** Format: date-time */
            NextRetryTime: string | null;
            /** Format: date-time */
            FirstRetryTime: string | null;
            RetryCount: number;
            IncomingRate: number;
            OutgoingRate: number;
            Velocity: number;
            TlsDomain: string | null;
            LockedMessageCount: number;
            RiskLevel: string;
            OutboundIPPool: number;
            OverrideSource: string | null;
            /** @enum {string} */
            TlsRequirement: "Default" | "Required" | "NotRequired";
            PoolHosts: string | null;
            PoolConnections: number | null;
            PoolLimit: string | null;
            /** Format: date-time */
            PoolLimitUntil: string | null;
        };
        Message: {
            Identity: string;
            MessageIdentity: string;
            FromAddress: string;
            Subject: string | null;
            /** @enum {string} */
            Status: "None" | "Active" | "Locked" | "PendingRemove" | "PendingSuspend" | "Ready" | "Retry" | "Suspended";
            Queue: string;
            Size: string;
            MessageSourceName: string;
            SourceIP: string | null;
            SCL: number | null;
            /** Format: date-time */
            DateReceived: string;
            /** Format: date-time */
            ExpirationTime: string;
            InternetMessageId: string | null;
            LastError: string | null;
            RetryCount: number;
            /** @enum {string} */
            Priority: "Low" | "Normal" | "High";
            DeferReason: string;
            MessageLatency: string;
            /** @enum {string} */
            Directionality: "Undefined" | "Originating" | "Incoming";
            OriginalFromAddress: string;
            /** @enum {string} */
            TlsRequirement: "Default" | "Required" | "NotRequired";
            Recipients: components["schemas"]["MessageRecipient"][] | null;
        };
        MessageRecipient: {
            Address: string;
            Type: string;
            FinalDestination: string;
            Status: string;
            LastError: string | null;
        };
        TestMessage: {
            Identity: string;
            InternetMessageId: string;
            From: string;
            To: string;
            Subject: string;
            /** Format: date-time */
            Date: string;
        };
        BinaryFileDataObject: {
            Thumbprint: string;
            FileType: string;
            FileData: string;
        };
        Recipient: {
            Name: string;
            RecipientType: string;
            PrimarySmtpAddress: string;
            EmailAddresses: string[];
            Identity: string;
            Guid: string;
        };
        LdapSynchronization: {
            Identity: string;
            Recipients: number;
            Created: number;
            Changed: number;
            Removed: number;
            Withheld: number;
            LeftOutCount: number;
            LeftOut: string[];
        };
        RoleGroupMember: {
            Name: string;
            RecipientType: string;
            PrimarySmtpAddress: string;
            Identity: string;
            Guid: string;
        };
        ClusterStatus: {
            Server: string;
            IsThisServer: boolean;
            IsInDirectory: boolean;
            Lives: boolean;
            Fenced: boolean;
            Roles: string[];
            Version: string | null;
            Api: string | null;
            Messages: number | null;
            /** @enum {string|null} */
            Engine: "None" | "Reachable" | "Unreachable" | null;
            /** @enum {string|null} */
            Redundancy: "None" | "Redundant" | "Behind" | "Away" | null;
            MessagesAlone: number | null;
        };
        JoinToken: {
            Url: string;
            /** Format: date-time */
            ValidUntil: string;
            Token: string;
        };
        DomainPublishing: {
            Domain: string;
            /** @enum {string} */
            Check: "MX" | "Address" | "SPF" | "DKIM" | "DMARC" | "MtaSts" | "TlsRpt" | "Tlsa" | "ReverseDns" | "HeloName";
            /** @enum {string} */
            Status: "Good" | "Warning" | "Bad" | "Missing" | "Unknown";
            RecordName: string;
            RecordType: string;
            Recommended: string | null;
            Published: string | null;
            Detail: string | null;
        };
        TransportSecurity: {
            Recipient: string | null;
            SendConnector: string | null;
            NextHop: string | null;
            /** @enum {string} */
            DnssecValidation: "Proven" | "Off" | "Lost";
            DnssecValidationDetail: string | null;
            Host: string | null;
            Address: string | null;
            /** @enum {string|null} */
            Requirement: "None" | "Opportunistic" | "Encryption" | "CertificateValidation" | "DomainValidation" | "Dane" | "Unknown" | null;
            RequiredBy: string | null;
            Names: string[];
            TlsaRecords: string[];
            Detail: string | null;
            /** Format: date-time */
            LastSeen: string | null;
            LastTls: string | null;
            LastCertificate: string | null;
            LastFailure: string | null;
        };
        TlsReport: {
            Domain: string;
            PolicyType: string;
            Organization: string;
            Submitter: string;
            Verified: boolean;
            /** Format: date-time */
            StartDate: string;
            /** Format: date-time */
            EndDate: string;
            SuccessfulSessions: number;
            FailedSessions: number;
            Failures: string[];
            Advice: string[];
            FailureDetails: components["schemas"]["TlsReportFailure"][];
            FailureDetailsLeftOut: number;
            MxHosts: string[];
            ReportId: string;
            Contact: string;
            /** Format: date-time */
            Received: string;
        };
        TlsReportFailure: {
            ResultType: string;
            Count: number;
            SendingMta: string | null;
            ReceivingMx: string;
            ReceivingAddress: string | null;
            Reason: string;
        };
        MessageTrackingEvent: {
            Timestamp: string;
            ClientIp: string | null;
            ClientHostname: string | null;
            ServerIp: string | null;
            ServerHostname: string | null;
            SourceContext: string | null;
            ConnectorId: string | null;
            Source: string | null;
            EventId: string | null;
            InternalMessageId: number | null;
            MessageId: string | null;
            NetworkMessageId: string | null;
            Recipients: string[] | null;
            RecipientStatus: string[] | null;
            TotalBytes: number | null;
            RecipientCount: number | null;
            RelatedRecipientAddress: string | null;
            Reference: string[] | null;
            MessageSubject: string | null;
            Sender: string | null;
            ReturnPath: string | null;
            MessageInfo: string | null;
            Directionality: string | null;
            TenantId: string | null;
            OriginalClientIp: string | null;
            OriginalServerIp: string | null;
            CustomData: string | null;
            Server: string;
        };
        Problem: {
            /** @description Always about:blank. */
            type: string;
            /** @description The status in words. */
            title: string;
            status: number;
            /** @description The whole sentence for people. */
            detail: string;
            /** @description The number of the rule, such as SC-05; session, csrf or changed. */
            id?: string;
            /** @description The parameter at fault. */
            parameter?: string;
            /** @description Its value, shortened; never a secret. */
            value?: string;
            /** @description What would be accepted. */
            allowed?: string;
        };
        WhoAmI: {
            user: string;
            roleGroups: string[];
            cmdlets: string[];
            server: string;
            submission: {
                host: string;
                port: number;
            };
            relay: {
                host: string;
                port: number;
            } | null;
        };
        Session: components["schemas"]["WhoAmI"] & {
            csrf: string;
            sandbox: boolean;
            version: string;
            language: string | null;
            address: string;
            /** Format: date-time */
            idleExpires: string;
            /** Format: date-time */
            expires: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "Get-AcceptedDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The accepted domain: name, domain, GUID, distinguished name or object. */
                    Identity?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedDomain"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-AcceptedDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The accepted domain's name, at most 64 characters, unique. */
                    Name: string;
                    /** @description The domain, such as contoso.com, or *.contoso.com with its subdomains; fixed once created. */
                    DomainName: string;
                    /**
                     * @description Whether all its recipients are here (Authoritative), or mail for others is relayed.
                     * @enum {string}
                     */
                    DomainType?: "Authoritative" | "InternalRelay" | "ExternalRelay";
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AcceptedDomain"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-AcceptedDomain": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The accepted domain: name, domain, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-AcceptedDomain": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The accepted domain: name, domain, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The accepted domain's name, at most 64 characters, unique. */
                    Name?: string;
                    /**
                     * @description Whether all its recipients are here (Authoritative), or mail for others is relayed.
                     * @enum {string}
                     */
                    DomainType?: "Authoritative" | "InternalRelay" | "ExternalRelay";
                    /** @description Whether recipients of the domain may stand in the address book; stored. */
                    AddressBookEnabled?: boolean;
                    /** @description $true makes it the organization's default domain in place of the present one. */
                    MakeDefault?: boolean;
                    /**
                     * @deprecated
                     * @description Reserved; without effect.
                     */
                    PendingCompletion?: boolean;
                    /**
                     * @deprecated
                     * @description Reserved; without effect.
                     */
                    PendingRemoval?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-ADPermission": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The Send or Receive connector: name, GUID, Server\Name, distinguished name or object. */
                    Identity: string;
                    /** @description Whose rights, such as "NT AUTHORITY\ANONYMOUS LOGON" or "MS Exchange\Partner Servers". */
                    User?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Add-ADPermission": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The Send or Receive connector: name, GUID, Server\Name, distinguished name or object. */
                    Identity: string;
                    /** @description Whose rights, such as "NT AUTHORITY\ANONYMOUS LOGON" or "MS Exchange\Partner Servers". */
                    User: string;
                    /** @description The rights, such as ms-Exch-SMTP-Accept-Any-Recipient or ms-Exch-Send-Headers-Routing. */
                    ExtendedRights: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description ExtendedRight, the only kind of right a connector has. */
                    AccessRights?: "ExtendedRight" | "ExtendedRight"[] | {
                        Add?: "ExtendedRight"[];
                        Remove?: "ExtendedRight"[];
                    };
                    /** @description Refuses the rights; a refusal goes before every grant. */
                    Deny?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted without effect: a connector has no children.
                     * @enum {string}
                     */
                    InheritanceType?: "None" | "All" | "Descendents" | "SelfAndChildren" | "Children";
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-ADPermission": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The Send or Receive connector: name, GUID, Server\Name, distinguished name or object. */
                    Identity: string;
                    /** @description Whose rights, such as "NT AUTHORITY\ANONYMOUS LOGON" or "MS Exchange\Partner Servers". */
                    User: string;
                    /** @description The rights, such as ms-Exch-SMTP-Accept-Any-Recipient or ms-Exch-Send-Headers-Routing. */
                    ExtendedRights: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description ExtendedRight, the only kind of right a connector has. */
                    AccessRights?: "ExtendedRight" | "ExtendedRight"[] | {
                        Add?: "ExtendedRight"[];
                        Remove?: "ExtendedRight"[];
                    };
                    /** @description Refuses the rights; a refusal goes before every grant. */
                    Deny?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted without effect: a connector has no children.
                     * @enum {string}
                     */
                    InheritanceType?: "None" | "All" | "Descendents" | "SelfAndChildren" | "Children";
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-AuthServer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The authorization server: name, GUID, distinguished name or object. */
                    Identity?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthServer"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-AuthServer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The authorization server's name, at most 64 characters, unique. */
                    Name: string;
                    /** @description Where its metadata are, over HTTPS: issuer and jwks_uri are taken from them. As a rule it ends in /.well-known/openid-configuration. */
                    AuthMetadataUrl: string;
                    /** @description What a token must be for (aud): what the issuer calls this mail service. */
                    Audience: string;
                    /** @description What a token's iss must be; what the metadata say, unless given. $null takes it back. */
                    IssuerIdentifier?: string;
                    /** @description The claims that may name the user: the first that is in the token does, by one of his mail addresses. email, preferred_username, upn unless given. */
                    UserClaim?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Whether its tokens are taken; $true unless given. */
                    Enabled?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuthServer"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-AuthServer": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The authorization server: name, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-AuthServer": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The authorization server: name, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The authorization server's name, at most 64 characters, unique. */
                    Name?: string;
                    /** @description Where its metadata are, over HTTPS: issuer and jwks_uri are taken from them. As a rule it ends in /.well-known/openid-configuration. */
                    AuthMetadataUrl?: string;
                    /** @description What a token must be for (aud): what the issuer calls this mail service. */
                    Audience?: string;
                    /** @description What a token's iss must be; what the metadata say, unless given. $null takes it back. */
                    IssuerIdentifier?: string;
                    /** @description The claims that may name the user: the first that is in the token does, by one of his mail addresses. email, preferred_username, upn unless given. */
                    UserClaim?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Whether its tokens are taken; $true unless given. */
                    Enabled?: boolean;
                    /** @description Reads metadata and keys anew, now. */
                    RefreshAuthMetadata?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-BackPressure": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The resource: DatabaseDisk, LogDisk, VersionBuckets, BatchPoints, ProcessMemory, AllMemory or SubmissionQueue; all unless given. */
                    Identity?: string;
                    /** @description The server whose resources are shown; this one unless given. */
                    Server?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-ExchangeDiagnosticInfo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Accepted so that existing scripts run; has no effect. */
                    Argument?: string;
                    /** @description The part: ResourceThrottling. Without it the parts are listed. */
                    Component?: string;
                    /** @description The process: EdgeTransport, which stands for the Transport service. */
                    Process?: string;
                    /** @description The server whose resources are shown; this one unless given. */
                    Server?: string;
                    /** @description Accepted; everything is always shown. */
                    Unlimited?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Enable-Cluster": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Where PostgreSQL is: host=db1,db2 port=5432,5432 user=relais dbname=relais, without a password. */
                    Engine: string;
                    /**
                     * Format: password
                     * @description The password of the user of PostgreSQL, where one is needed.
                     */
                    Password?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Disable-Cluster": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Does it although something stands against it that the refusal names. */
                    Force?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-JoinToken": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description How long it is good: 00:01:00 to 1.00:00:00, an hour unless given.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ValidFor?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JoinToken"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-ClusterStatus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClusterStatus"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-Server": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The server: name, FQDN, GUID, distinguished name or object. */
                    Identity?: string;
                    /** @description This server leaves: it stops, the others get its messages, and it is removed. */
                    Leave?: boolean;
                    /** @description Does it although something stands against it that the refusal names. */
                    Force?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-ServerComponentState": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The server: name, FQDN, GUID, distinguished name or object. */
                    Identity: string;
                    /**
                     * @description The part: Front End Transport, the Transport service, or both (ServerWideOffline).
                     * @enum {string}
                     */
                    Component?: "ServerWideOffline" | "HubTransport" | "FrontendTransport";
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-ServerComponentState": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The server: name, FQDN, GUID, distinguished name or object. */
                    Identity: string;
                    /**
                     * @description The part: Front End Transport, the Transport service, or both (ServerWideOffline).
                     * @enum {string}
                     */
                    Component: "ServerWideOffline" | "HubTransport" | "FrontendTransport";
                    /**
                     * @description Active; Inactive; or Draining, which finishes what is there and takes nothing new.
                     * @enum {string}
                     */
                    State: "Active" | "Inactive" | "Draining";
                    /**
                     * @description On whose behalf; the part is Active only when every requester leaves it so.
                     * @enum {string}
                     */
                    Requester: "HealthAPI" | "Maintenance" | "Sidelined" | "Functional" | "Deployment";
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-DistributionGroup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The group: name, address, GUID, distinguished name or object. */
                    Identity?: string;
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DistributionGroup"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-DistributionGroup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The group's name, at most 64 characters, unique among groups. */
                    Name: string;
                    /** @description What stands before the @ of its address, unless PrimarySmtpAddress is given. */
                    Alias?: string;
                    /**
                     * Format: email
                     * @description The group's address, in an accepted domain; unless given, the alias or the name at the default domain; a former one stays among EmailAddresses.
                     */
                    PrimarySmtpAddress?: string;
                    /** @description The name that people see. */
                    DisplayName?: string;
                    /** @description The members: mailboxes, mail contacts and other groups. */
                    Members?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Whether only senders who have signed in may send to it; $true unless given. */
                    RequireSenderAuthenticationEnabled?: boolean;
                    /** @description Notes about the group. */
                    Notes?: string;
                    /**
                     * @deprecated
                     * @description Accepted without effect: a group has no rights here.
                     * @enum {string}
                     */
                    Type?: "Distribution" | "Security";
                    /**
                     * @deprecated
                     * @description Accepted without effect: groups are changed by administrators.
                     */
                    ManagedBy?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DistributionGroup"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-DistributionGroup": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The group: name, address, GUID, distinguished name or object. */
                    Identity: string;
                    /**
                     * @deprecated
                     * @description Accepted without effect: whoever may run this cmdlet may change any group.
                     */
                    BypassSecurityGroupManagerCheck?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-DistributionGroup": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The group: name, address, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The group's name, at most 64 characters, unique among groups. */
                    Name?: string;
                    /**
                     * Format: email
                     * @description The group's address, in an accepted domain; unless given, the alias or the name at the default domain; a former one stays among EmailAddresses.
                     */
                    PrimarySmtpAddress?: string;
                    /** @description Its other addresses. */
                    EmailAddresses?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The name that people see. */
                    DisplayName?: string;
                    /** @description Whether only senders who have signed in may send to it; $true unless given. */
                    RequireSenderAuthenticationEnabled?: boolean;
                    /** @description Who alone may send to it: mailboxes, mail contacts, and the members of groups; $null for everybody. */
                    AcceptMessagesOnlyFromSendersOrMembers?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * @description The largest message it takes, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    MaxReceiveSize?: string | number;
                    /** @description Notes about the group. */
                    Notes?: string;
                    /**
                     * @deprecated
                     * @description Accepted without effect: groups are changed by administrators.
                     */
                    ManagedBy?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * @deprecated
                     * @description Accepted without effect: whoever may run this cmdlet may change any group.
                     */
                    BypassSecurityGroupManagerCheck?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Add-DistributionGroupMember": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The group: name, address, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The mailbox, mail contact or group: name, address, GUID, distinguished name or object. */
                    Member: string;
                    /**
                     * @deprecated
                     * @description Accepted without effect: whoever may run this cmdlet may change any group.
                     */
                    BypassSecurityGroupManagerCheck?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-DistributionGroupMember": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The group: name, address, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recipient"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-DistributionGroupMember": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The group: name, address, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The mailbox, mail contact or group: name, address, GUID, distinguished name or object. */
                    Member: string;
                    /**
                     * @deprecated
                     * @description Accepted without effect: whoever may run this cmdlet may change any group.
                     */
                    BypassSecurityGroupManagerCheck?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Update-DistributionGroupMember": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The group: name, address, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The members: mailboxes, mail contacts and other groups. */
                    Members?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * @deprecated
                     * @description Accepted without effect: whoever may run this cmdlet may change any group.
                     */
                    BypassSecurityGroupManagerCheck?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-DkimSigningConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The configuration: its domain, GUID, distinguished name or object. */
                    Identity?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DkimSigningConfig"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-DkimSigningConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: hostname
                     * @description The domain in From, such as contoso.com; it also signs for the domains below it.
                     */
                    DomainName: string;
                    /** @description Which signatures are made: RsaSha256, Ed25519Sha256, or both (the default). */
                    Algorithms?: string | ("RsaSha256" | "Ed25519Sha256")[];
                    /**
                     * @description Relaxed (the default) lets servers on the way change white space in the body; Simple does not.
                     * @enum {string}
                     */
                    BodyCanonicalization?: "Relaxed" | "Simple";
                    /** @description Whether to sign at once; $false unless given, since the records must be published first. */
                    Enabled?: boolean;
                    /** @description Enables signing although the records have not been seen in the DNS; leaves warnings out. */
                    Force?: boolean;
                    /**
                     * @description Relaxed (the default) lets servers on the way fold and change white space in the header; Simple does not.
                     * @enum {string}
                     */
                    HeaderCanonicalization?: "Relaxed" | "Simple";
                    /**
                     * Format: int32
                     * @description Bits of the RSA keys that are made: 2048 (the default) or 4096.
                     */
                    KeySize?: number;
                    /** @description The first selector; relais1 unless given. The Ed25519 key has the same with -ed25519 behind it. */
                    Selector1?: string;
                    /** @description The second selector, used after the first rotation; relais2 unless given. */
                    Selector2?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DkimSigningConfig"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-DkimSigningConfig": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The configuration: its domain, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Rotate-DkimSigningConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The configuration: its domain, GUID, distinguished name or object. */
                    Identity: string;
                    /**
                     * Format: int32
                     * @description Bits of the RSA keys that are made: 2048 (the default) or 4096.
                     */
                    KeySize?: number;
                    /**
                     * Format: date-time
                     * @description From when the new keys sign, in UTC; in four days unless given. Not before their records are published.
                     */
                    RotateOnDate?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DkimSigningConfig"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-DkimSigningConfig": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The configuration: its domain, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description Which signatures are made: RsaSha256, Ed25519Sha256, or both (the default). */
                    Algorithms?: string | ("RsaSha256" | "Ed25519Sha256")[];
                    /**
                     * @description Relaxed (the default) lets servers on the way change white space in the body; Simple does not.
                     * @enum {string}
                     */
                    BodyCanonicalization?: "Relaxed" | "Simple";
                    /** @description Whether mail is signed; $true is refused until the records are published. */
                    Enabled?: boolean;
                    /** @description Enables signing although the records have not been seen in the DNS; leaves warnings out. */
                    Force?: boolean;
                    /**
                     * @description Relaxed (the default) lets servers on the way fold and change white space in the header; Simple does not.
                     * @enum {string}
                     */
                    HeaderCanonicalization?: "Relaxed" | "Simple";
                    /**
                     * Format: int32
                     * @description Bits of the RSA keys that are made: 2048 (the default) or 4096.
                     */
                    KeySize?: number;
                    /**
                     * Format: date-time
                     * @description Another date, in UTC, for a rotation that is under way.
                     */
                    RotateOnDate?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Test-DomainPublishing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The accepted domain: name, domain, GUID, distinguished name or object. All of them unless given. */
                    Identity?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DomainPublishing"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The certificate: its thumbprint, Server\Thumbprint, GUID or object. */
                    Identity?: string;
                    /** @description Only those for one of these names; the first is the one that is shown to who asks for it. */
                    DomainName?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Only those of this server. */
                    Server?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeCertificate"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The names it is for, wildcards such as *.contoso.com included; the server's unless given. */
                    DomainName?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Leaves questions and warnings out. */
                    Force?: boolean;
                    /** @description A name for people, of fewer than 64 characters. */
                    FriendlyName?: string;
                    /** @description Makes a request (PKCS #10) for an authority; what it issues is imported with Import-ExchangeCertificate. */
                    GenerateRequest?: boolean;
                    /** @description Adds all accepted domains to the names. */
                    IncludeAcceptedDomains?: boolean;
                    /** @description Adds the server's full name to the names. */
                    IncludeServerFQDN?: boolean;
                    /**
                     * Format: int32
                     * @description Bits of the RSA key: 2048 (the default) or 4096.
                     */
                    KeySize?: number;
                    /** @description Whether Export-ExchangeCertificate gives out the private key; $false unless given. */
                    PrivateKeyExportable?: boolean;
                    /** @description The server whose certificate it is; the server the command runs on unless given. */
                    Server?: string;
                    /** @description What it is shown for: SMTP (the default for one signed by itself), IIS, both, or None. */
                    Services?: string | ("None" | "IIS" | "SMTP")[];
                    /** @description Whom it names, such as CN=mail.contoso.com, O=Contoso, C=FR; the first of its names unless given. */
                    SubjectName?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeCertificate"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Import-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The file: ([System.IO.File]::ReadAllBytes('C:\cert.pfx')). */
                    FileData: string;
                    /** @description A name for people, of fewer than 64 characters. */
                    FriendlyName?: string;
                    /**
                     * Format: password
                     * @description What opens the file, where it is protected.
                     */
                    Password?: string;
                    /** @description Whether Export-ExchangeCertificate gives out the private key; $false unless given. */
                    PrivateKeyExportable?: boolean;
                    /** @description The server whose certificate it is; the server the command runs on unless given. */
                    Server?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeCertificate"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Enable-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The certificate: its thumbprint, Server\Thumbprint, GUID or object. */
                    Identity: string;
                    /** @description Leaves questions and warnings out. */
                    Force?: boolean;
                    /** @description The server whose certificate it is; the server the command runs on unless given. */
                    Server?: string;
                    /** @description SMTP, IIS or both, in addition to those it is shown for already; None takes it back from all. */
                    Services: string | ("None" | "IIS" | "SMTP")[];
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Export-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Accepted: FileData is always the bytes of the file. */
                    BinaryEncoded?: boolean;
                    /** @description The certificate: its thumbprint, Server\Thumbprint, GUID or object. */
                    Identity: string;
                    /**
                     * Format: password
                     * @description What will open the file; needed unless it is a request.
                     */
                    Password?: string;
                    /** @description The server whose certificate it is; the server the command runs on unless given. */
                    Server?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BinaryFileDataObject"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-ExchangeCertificate": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The certificate: its thumbprint, Server\Thumbprint, GUID or object. */
                    Identity: string;
                    /** @description The server whose certificate it is; the server the command runs on unless given. */
                    Server?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-LdapDirectory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The LDAP directory: name, GUID, distinguished name or object. */
                    Identity?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LdapDirectory"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-LdapDirectory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The LDAP directory's name, at most 64 characters, unique. */
                    Name: string;
                    /** @description 1 to 8 servers in the order in which they are asked, such as ldaps://dc1.contoso.com. ldap:// is encrypted with StartTLS, except on this machine itself. */
                    Servers: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The distinguished name below which everybody is, such as DC=contoso,DC=com. */
                    BaseDN: string;
                    /** @description Whether a recipient of the organization's own that has the primary address of one that is found becomes it, password included; never one with management roles. $false unless given: what is found is left out then. */
                    AdoptExistingRecipients?: boolean;
                    /** @description Who reads the directory, and his password: a distinguished name, or with Active Directory user@domain. $null reads without signing in. */
                    Credential?: {
                        UserName: string;
                        /** Format: password */
                        Password: string;
                    };
                    /** @description The LDAP filter that finds mail contacts; that of the schema unless given. */
                    ContactFilter?: string;
                    /** @description Whether it is read and asked for passwords; $true unless given. */
                    Enabled?: boolean;
                    /** @description The LDAP filter that finds distribution groups; that of the schema unless given. */
                    GroupFilter?: string;
                    /** @description Most recipients that go when they are not found any more; where there are more, they stay until Start-LdapSynchronization -Force. 20 unless given. */
                    MaximumRemovals?: number | string;
                    /** @description Whether its people sign in (submission, admin center) with their passwords there; $true unless given. SCRAM is not offered then. */
                    PasswordVerificationEnabled?: boolean;
                    /**
                     * @description What is where: as in Active Directory, or inetOrgPerson, groupOfNames, uid as in most others.
                     * @enum {string}
                     */
                    Schema?: "ActiveDirectory" | "InetOrgPerson";
                    /**
                     * @description How often it is read, 00:00:30 to 1.00:00:00; 00:05:00 unless given.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    SynchronizationInterval?: string;
                    /** @description The LDAP filter that finds those who have a mailbox here; that of the schema unless given. */
                    UserFilter?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LdapDirectory"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-LdapDirectory": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The LDAP directory: name, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-LdapDirectory": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The LDAP directory: name, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The LDAP directory's name, at most 64 characters, unique. */
                    Name?: string;
                    /** @description 1 to 8 servers in the order in which they are asked, such as ldaps://dc1.contoso.com. ldap:// is encrypted with StartTLS, except on this machine itself. */
                    Servers?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The distinguished name below which everybody is, such as DC=contoso,DC=com. */
                    BaseDN?: string;
                    /** @description Whether a recipient of the organization's own that has the primary address of one that is found becomes it, password included; never one with management roles. $false unless given: what is found is left out then. */
                    AdoptExistingRecipients?: boolean;
                    /** @description Who reads the directory, and his password: a distinguished name, or with Active Directory user@domain. $null reads without signing in. */
                    Credential?: {
                        UserName: string;
                        /** Format: password */
                        Password: string;
                    };
                    /** @description The LDAP filter that finds mail contacts; that of the schema unless given. */
                    ContactFilter?: string;
                    /** @description Whether it is read and asked for passwords; $true unless given. */
                    Enabled?: boolean;
                    /** @description The LDAP filter that finds distribution groups; that of the schema unless given. */
                    GroupFilter?: string;
                    /** @description Most recipients that go when they are not found any more; where there are more, they stay until Start-LdapSynchronization -Force. 20 unless given. */
                    MaximumRemovals?: number | string;
                    /** @description Whether its people sign in (submission, admin center) with their passwords there; $true unless given. SCRAM is not offered then. */
                    PasswordVerificationEnabled?: boolean;
                    /**
                     * @description What is where: as in Active Directory, or inetOrgPerson, groupOfNames, uid as in most others.
                     * @enum {string}
                     */
                    Schema?: "ActiveDirectory" | "InetOrgPerson";
                    /**
                     * @description How often it is read, 00:00:30 to 1.00:00:00; 00:05:00 unless given.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    SynchronizationInterval?: string;
                    /** @description The LDAP filter that finds those who have a mailbox here; that of the schema unless given. */
                    UserFilter?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Start-LdapSynchronization": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The LDAP directory: name, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description However many recipients go. */
                    Force?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LdapSynchronization"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-MailContact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The mail contact: name, address, GUID, distinguished name or object. */
                    Identity?: string;
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailContact"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-MailContact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The contact's name, at most 64 characters, unique among contacts. */
                    Name: string;
                    /**
                     * Format: email
                     * @description The address elsewhere that its mail goes to.
                     */
                    ExternalEmailAddress: string;
                    /** @description Addresses in accepted domains that mean the contact. */
                    EmailAddresses?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The name that people see. */
                    DisplayName?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailContact"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-MailContact": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The mail contact: name, address, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-MailContact": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The mail contact: name, address, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The contact's name, at most 64 characters, unique among contacts. */
                    Name?: string;
                    /**
                     * Format: email
                     * @description The address elsewhere that its mail goes to.
                     */
                    ExternalEmailAddress?: string;
                    /** @description Addresses in accepted domains that mean the contact. */
                    EmailAddresses?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The name that people see. */
                    DisplayName?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-Recipient": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The recipient: name, any of its addresses, GUID, distinguished name or object. */
                    Identity?: string;
                    /** @description Only recipients whose names or addresses have words that begin with these: jean dup. */
                    Anr?: string;
                    /** @description Only recipients of these kinds. */
                    RecipientType?: string | ("UserMailbox" | "MailUniversalDistributionGroup" | "MailContact")[];
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recipient"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-Mailbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The mailbox: name, address, GUID, distinguished name or object. */
                    Identity?: string;
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mailbox"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-Mailbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The mailbox's name, at most 64 characters, unique; one may sign in with it. */
                    Name: string;
                    /**
                     * Format: email
                     * @description The address its mail is sent from, in an accepted domain; unless given, the name at the default domain; a former one stays among EmailAddresses.
                     */
                    PrimarySmtpAddress?: string;
                    /**
                     * Format: password
                     * @description The password to sign in with; a mailbox without one only receives mail.
                     */
                    Password?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Mailbox"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-Mailbox": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The mailbox: name, address, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-Mailbox": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The mailbox: name, address, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The mailbox's name, at most 64 characters, unique; one may sign in with it. */
                    Name?: string;
                    /**
                     * Format: email
                     * @description The address its mail is sent from, in an accepted domain; unless given, the name at the default domain; a former one stays among EmailAddresses.
                     */
                    PrimarySmtpAddress?: string;
                    /**
                     * Format: password
                     * @description The password to sign in with; a mailbox without one only receives mail.
                     */
                    Password?: string;
                    /** @description Its other addresses, at which it also receives. */
                    EmailAddresses?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The mailbox, group or mail contact that its mail goes to; $null for none. Goes before ForwardingSmtpAddress. */
                    ForwardingAddress?: string;
                    /**
                     * Format: email
                     * @description The address that its mail goes to; $null for none.
                     */
                    ForwardingSmtpAddress?: string;
                    /** @description Whether mail that is forwarded is kept in the mailbox too. */
                    DeliverToMailboxAndForward?: boolean;
                    /** @description Its user's languages in order of preference, such as fr-FR,en; reports come in the first known one. */
                    Languages?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * @description The largest message it may send, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    MaxSendSize?: string | number;
                    /**
                     * @description The largest message it may receive, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    MaxReceiveSize?: string | number;
                    /**
                     * @description What the mailbox may hold, or unlimited: then the quota of relais.toml counts, where there is one. A message that does not fit goes back to its sender. Without effect where an LMTP server has the mailboxes.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ProhibitSendReceiveQuota?: string | number;
                    /** @description How many recipients one message it sends may have, or unlimited. */
                    RecipientLimits?: number | string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-MessageTrackingLog": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description Only what happened at this moment or later, in UTC.
                     */
                    Start?: string;
                    /**
                     * Format: date-time
                     * @description Only what happened before this moment, in UTC.
                     */
                    End?: string;
                    /** @description The step: RECEIVE, SEND, DELIVER, DEFER, FAIL, DSN, LOAD, RESUBMIT; letter case ignored. */
                    EventId?: string;
                    /** @description The message's number on this server. */
                    InternalMessageId?: string;
                    /** @description The Message-ID field of the message, with or without angle brackets. */
                    MessageId?: string;
                    /** @description A part of the subject, letter case ignored. */
                    MessageSubject?: string;
                    /** @description The GUID that follows the message over hops. */
                    NetworkMessageId?: string;
                    /** @description Addresses of recipients; a row with any of them is shown. */
                    Recipients?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description What the row refers to: of a DSN the Message-ID it reports on. */
                    Reference?: string;
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /** @description The sender's address, <> for messages without one. */
                    Sender?: string;
                    /** @description The server whose log is searched, * for all Mailbox servers; this one unless given. */
                    Server?: string;
                    /** @description The part of the server that tells: SMTP, STOREDRIVER, DSN, ROUTING, QUEUE, DNS, ADMIN, BOOTLOADER. */
                    Source?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageTrackingEvent"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The message: Server\Queue\Number, Server\*\Number, *\Number or Number. */
                    Identity?: string;
                    /** @description Only the messages of this queue, or of the queues it matches with *. */
                    Queue?: string;
                    /** @description Only what satisfies the filter, such as "Status -eq 'Retry' -and MessageCount -gt 10". */
                    Filter?: string;
                    /** @description The server whose queues are meant, * for all Mailbox servers; the one the command runs on unless given. */
                    Server?: string;
                    /** @description Fills Recipients, which is empty otherwise. */
                    IncludeRecipientInfo?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted; there is no such information.
                     */
                    IncludeComponentLatencyInfo?: boolean;
                    /**
                     * Format: int32
                     * @description The row, counted from 1, at which the page starts.
                     */
                    BookmarkIndex?: number;
                    /** @description The object at which the page starts. */
                    BookmarkObject?: unknown;
                    /** @description Whether the object at which the page starts belongs to it; $true unless given. */
                    IncludeBookmark?: boolean;
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /** @description Adds the total and the index of the first object as a warning. */
                    ReturnPageInfo?: boolean;
                    /** @description Whether the page goes forward from the bookmark ($true unless given) or backward. */
                    SearchForward?: boolean;
                    /** @description The properties to sort by, each with + (ascending) or - (descending), such as +NextHopDomain,-MessageCount. */
                    SortOrder?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Suspend-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The message: Server\Queue\Number, Server\*\Number, *\Number or Number. */
                    Identity?: string;
                    /** @description Only what satisfies the filter, such as "Status -eq 'Retry' -and MessageCount -gt 10". */
                    Filter?: string;
                    /** @description The server whose queues are meant; the one the command runs on unless given. */
                    Server?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Resume-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The message: Server\Queue\Number, Server\*\Number, *\Number or Number. */
                    Identity?: string;
                    /** @description Only what satisfies the filter, such as "Status -eq 'Retry' -and MessageCount -gt 10". */
                    Filter?: string;
                    /** @description The server whose queues are meant; the one the command runs on unless given. */
                    Server?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The message: Server\Queue\Number, Server\*\Number, *\Number or Number. */
                    Identity?: string;
                    /** @description Only what satisfies the filter, such as "Status -eq 'Retry' -and MessageCount -gt 10". */
                    Filter?: string;
                    /** @description The server whose queues are meant; the one the command runs on unless given. */
                    Server?: string;
                    /** @description Whether the sender gets a non-delivery report; $true unless given. */
                    WithNDR?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Export-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The message: Server\Queue\Number, Server\*\Number, *\Number or Number. */
                    Identity: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Redirect-Message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The server whose queues are meant; the one the command runs on unless given. */
                    Server: string;
                    /** @description The servers that take the messages, by full name. */
                    Target: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-QueueAction": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The action's number. */
                    Identity?: string;
                    /** @description The server whose actions are meant; the one the command runs on unless given. */
                    Server?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Stop-QueueAction": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The action's number. */
                    Identity: string;
                    /** @description The server whose actions are meant; the one the command runs on unless given. */
                    Server?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-QueueDigest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The servers whose queues are summed up; * means all Mailbox servers. */
                    Server?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The Active Directory sites whose servers are meant. */
                    Site?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description All servers of the organization. */
                    Forest?: boolean;
                    /** @description Database availability groups; refused, as there are none. */
                    Dag?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * @description What is told of each queue of a group: None, Normal (unless given) or Verbose.
                     * @enum {string}
                     */
                    DetailsLevel?: "None" | "Normal" | "Verbose";
                    /** @description Only what satisfies the filter, such as "Status -eq 'Retry' -and MessageCount -gt 10". */
                    Filter?: string;
                    /**
                     * @description What the queues of a group have in common; NextHopDomain unless given.
                     * @enum {string}
                     */
                    GroupBy?: "DeliveryType" | "LastError" | "NextHopCategory" | "NextHopDomain" | "NextHopKey" | "OutboundIPPool" | "RiskLevel" | "ServerName" | "Status";
                    /** @description Only these kinds: Internal, External, Empty or a delivery type. */
                    Include?: string | ("Internal" | "External" | "Empty" | "DeliveryAgent" | "DnsConnectorDelivery" | "Heartbeat" | "MapiDelivery" | "NonSmtpGatewayDelivery" | "ShadowRedundancy" | "SmartHostConnectorDelivery" | "SmtpDeliveryToMailbox" | "SmtpRelayToConnectorSourceServers" | "SmtpRelayToDag" | "SmtpRelayToMailboxDeliveryGroup" | "SmtpRelayToRemoteActiveDirectorySite" | "SmtpRelayToServers" | "SmtpRelayWithinAdSite" | "SmtpRelayWithinAdSiteToEdge" | "Undefined" | "Unreachable")[];
                    /** @description Not these kinds: Internal, External, Empty or a delivery type. */
                    Exclude?: string | ("Internal" | "External" | "Empty" | "DeliveryAgent" | "DnsConnectorDelivery" | "Heartbeat" | "MapiDelivery" | "NonSmtpGatewayDelivery" | "ShadowRedundancy" | "SmartHostConnectorDelivery" | "SmtpDeliveryToMailbox" | "SmtpRelayToConnectorSourceServers" | "SmtpRelayToDag" | "SmtpRelayToMailboxDeliveryGroup" | "SmtpRelayToRemoteActiveDirectorySite" | "SmtpRelayToServers" | "SmtpRelayWithinAdSite" | "SmtpRelayWithinAdSiteToEdge" | "Undefined" | "Unreachable")[];
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /**
                     * @description How long other servers may take to answer; 00:00:10 unless given.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    Timeout?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-Queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The queue: Server\Queue or Queue, by name, number or next hop domain; * means all. */
                    Identity?: string;
                    /** @description Only what satisfies the filter, such as "Status -eq 'Retry' -and MessageCount -gt 10". */
                    Filter?: string;
                    /** @description The server whose queues are meant, * for all Mailbox servers; the one the command runs on unless given. */
                    Server?: string;
                    /** @description Only these kinds: Internal, External, Empty or a delivery type. */
                    Include?: string | ("Internal" | "External" | "Empty" | "DeliveryAgent" | "DnsConnectorDelivery" | "Heartbeat" | "MapiDelivery" | "NonSmtpGatewayDelivery" | "ShadowRedundancy" | "SmartHostConnectorDelivery" | "SmtpDeliveryToMailbox" | "SmtpRelayToConnectorSourceServers" | "SmtpRelayToDag" | "SmtpRelayToMailboxDeliveryGroup" | "SmtpRelayToRemoteActiveDirectorySite" | "SmtpRelayToServers" | "SmtpRelayWithinAdSite" | "SmtpRelayWithinAdSiteToEdge" | "Undefined" | "Unreachable")[];
                    /** @description Not these kinds: Internal, External, Empty or a delivery type. */
                    Exclude?: string | ("Internal" | "External" | "Empty" | "DeliveryAgent" | "DnsConnectorDelivery" | "Heartbeat" | "MapiDelivery" | "NonSmtpGatewayDelivery" | "ShadowRedundancy" | "SmartHostConnectorDelivery" | "SmtpDeliveryToMailbox" | "SmtpRelayToConnectorSourceServers" | "SmtpRelayToDag" | "SmtpRelayToMailboxDeliveryGroup" | "SmtpRelayToRemoteActiveDirectorySite" | "SmtpRelayToServers" | "SmtpRelayWithinAdSite" | "SmtpRelayWithinAdSiteToEdge" | "Undefined" | "Unreachable")[];
                    /**
                     * Format: int32
                     * @description The row, counted from 1, at which the page starts.
                     */
                    BookmarkIndex?: number;
                    /** @description The object at which the page starts. */
                    BookmarkObject?: unknown;
                    /** @description Whether the object at which the page starts belongs to it; $true unless given. */
                    IncludeBookmark?: boolean;
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /** @description Adds the total and the index of the first object as a warning. */
                    ReturnPageInfo?: boolean;
                    /** @description Whether the page goes forward from the bookmark ($true unless given) or backward. */
                    SearchForward?: boolean;
                    /** @description The properties to sort by, each with + (ascending) or - (descending), such as +NextHopDomain,-MessageCount. */
                    SortOrder?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queue"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Suspend-Queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The queue: Server\Queue or Queue, by name, number or next hop domain; * means all. */
                    Identity?: string;
                    /** @description Only what satisfies the filter, such as "Status -eq 'Retry' -and MessageCount -gt 10". */
                    Filter?: string;
                    /** @description The server whose queues are meant; the one the command runs on unless given. */
                    Server?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Resume-Queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The queue: Server\Queue or Queue, by name, number or next hop domain; * means all. */
                    Identity?: string;
                    /** @description Only what satisfies the filter, such as "Status -eq 'Retry' -and MessageCount -gt 10". */
                    Filter?: string;
                    /** @description The server whose queues are meant; the one the command runs on unless given. */
                    Server?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Retry-Queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The queue: Server\Queue or Queue, by name, number or next hop domain; * means all. */
                    Identity?: string;
                    /** @description Only what satisfies the filter, such as "Status -eq 'Retry' -and MessageCount -gt 10". */
                    Filter?: string;
                    /** @description The server whose queues are meant; the one the command runs on unless given. */
                    Server?: string;
                    /** @description $true routes the messages again first; needed for Unreachable. */
                    Resubmit?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-ReceiveConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The connector: Server\Name, name, GUID, distinguished name or object. */
                    Identity?: string;
                    /** @description Only the connectors of this server. */
                    Server?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReceiveConnector"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-ReceiveConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The connector's name, at most 64 characters, unique on its server. */
                    Name: string;
                    /** @description Local addresses and ports it listens on, such as 0.0.0.0:25; required on creation except for the usages Client and Internal, where it is refused. */
                    Bindings?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The clients it serves: addresses, ranges a-b or CIDR; required on creation except for the usage Internet, where it is refused. */
                    RemoteIPRanges?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * @description What the connector is for; sets authentication and permission groups.
                     * @enum {string}
                     */
                    Usage?: "Custom" | "Internal" | "Internet" | "Partner" | "Client";
                    /** @description Same as -Usage Client. */
                    Client?: boolean;
                    /** @description Same as -Usage Custom. */
                    Custom?: boolean;
                    /** @description Same as -Usage Internal. */
                    Internal?: boolean;
                    /** @description Same as -Usage Internet. */
                    Internet?: boolean;
                    /** @description Same as -Usage Partner. */
                    Partner?: boolean;
                    /** @description The server it listens on; the one the command runs on unless given. */
                    Server?: string;
                    /** @description Which security mechanisms it offers to clients. */
                    AuthMechanism?: string | ("None" | "Tls" | "Integrated" | "BasicAuth" | "BasicAuthRequireTLS" | "ExchangeServer" | "ExternalAuthoritative")[];
                    /** @description The text of the greeting, starting with 220. */
                    Banner?: string;
                    /** @description Free text. */
                    Comment?: string;
                    /** @description The accepted domain of senders given without one; stored. */
                    DefaultDomain?: string;
                    /** @description Asks clients for a certificate; mail from domains in TLSReceiveDomainSecureList is taken only with one of theirs. */
                    DomainSecureEnabled?: boolean;
                    /** @description Kerberos sign-in; stored. */
                    EnableAuthGSSAPI?: boolean;
                    /** @description $false makes it refuse connections. */
                    Enabled?: boolean;
                    /**
                     * @description Extended protection of integrated sign-in; stored.
                     * @enum {string}
                     */
                    ExtendedProtectionPolicy?: "None" | "Allow" | "Require";
                    /**
                     * Format: hostname
                     * @description The name in its greeting; the server's unless given.
                     */
                    Fqdn?: string;
                    /** @description Those local addresses and ports where TLS starts at once, such as 0.0.0.0:465. */
                    ImplicitTlsBindings?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Rights of its clients beyond its permission groups, such as ms-Exch-SMTP-Accept-Any-Recipient to relay. */
                    ExtendedRights?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Who may submit mail through it. */
                    PermissionGroups?: string | ("None" | "AnonymousUsers" | "ExchangeUsers" | "ExchangeServers" | "ExchangeLegacyServers" | "Partners" | "Custom")[];
                    /**
                     * @description Whether its SMTP conversations are written to the protocol log.
                     * @enum {string}
                     */
                    ProtocolLoggingLevel?: "None" | "Verbose";
                    /** @description Refuses mail and sign-in before TLS. */
                    RequireTLS?: boolean;
                    /** @description The certificate to present, as <I>issuer<S>subject. */
                    TlsCertificateName?: string;
                    /** @description The cipher suites that are spoken, by their registered names; All unless given. */
                    TlsCipherSuites?: string | ("All" | "TLS_AES_256_GCM_SHA384" | "TLS_AES_128_GCM_SHA256" | "TLS_CHACHA20_POLY1305_SHA256" | "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" | "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" | "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" | "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" | "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" | "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256")[];
                    /**
                     * @description The oldest version of TLS that is spoken: Tls12 (the default) or Tls13.
                     * @enum {string}
                     */
                    TlsMinimumVersion?: "Tls12" | "Tls13";
                    /**
                     * @description The service that listens: FrontendTransport or HubTransport.
                     * @enum {string}
                     */
                    TransportRole?: "FrontendTransport" | "HubTransport";
                    /**
                     * @description How long a client may be silent, less than ConnectionTimeout.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ConnectionInactivityTimeout?: string;
                    /**
                     * @description How long a connection may last.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ConnectionTimeout?: string;
                    /**
                     * @description The largest header of a message.
                     * @example 10MB
                     */
                    MaxHeaderSize?: string | number;
                    /**
                     * Format: int32
                     * @description How many Received fields a message may have, 1 to 500.
                     */
                    MaxHopCount?: number;
                    /** @description How many connections it serves at once, or unlimited. */
                    MaxInboundConnection?: number | string;
                    /**
                     * Format: int32
                     * @description The share of its remaining connections that one address may take, in percent.
                     */
                    MaxInboundConnectionPercentagePerSource?: number;
                    /** @description How many connections one address may hold, or unlimited. */
                    MaxInboundConnectionPerSource?: number | string;
                    /**
                     * Format: int32
                     * @description How many of the Received fields may be this server's own, 0 to 50; 0 means any number.
                     */
                    MaxLocalHopCount?: number;
                    /**
                     * Format: int32
                     * @description After how many failed sign-ins a connection is closed, 0 to 10; 0 means never.
                     */
                    MaxLogonFailures?: number;
                    /**
                     * @description The largest message it accepts.
                     * @example 10MB
                     */
                    MaxMessageSize?: string | number;
                    /** @description After how many protocol errors a connection is closed, or unlimited. */
                    MaxProtocolErrors?: number | string;
                    /**
                     * Format: int32
                     * @description How many recipients a message may have, 1 to 512000.
                     */
                    MaxRecipientsPerMessage?: number;
                    /** @description How many messages a minute it accepts from one source, or unlimited. */
                    MessageRateLimit?: number | string;
                    /**
                     * @description What the message rate is counted by.
                     * @enum {string}
                     */
                    MessageRateSource?: "None" | "IPAddress" | "User" | "All";
                    /**
                     * @description How long refusals to anonymous clients are delayed; 00:00:00 means not at all.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    TarpitInterval?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    MaxAcknowledgementDelay?: string;
                    /** @description Binary content is never advertised: $true is refused. */
                    BinaryMimeEnabled?: boolean;
                    /** @description Advertises CHUNKING. */
                    ChunkingEnabled?: boolean;
                    /** @description Advertises DSN. */
                    DeliveryStatusNotificationEnabled?: boolean;
                    /** @description Advertises 8BITMIME. */
                    EightBitMimeEnabled?: boolean;
                    /** @description Advertises ENHANCEDSTATUSCODES. */
                    EnhancedStatusCodesEnabled?: boolean;
                    /** @description Advertises PIPELINING. */
                    PipeliningEnabled?: boolean;
                    /**
                     * @description Advertises SIZE, with or without the value.
                     * @enum {string}
                     */
                    SizeEnabled?: "Enabled" | "Disabled" | "EnabledWithoutValue";
                    /** @description Refuses clients that give no domain in EHLO. */
                    RequireEHLODomain?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    AdvertiseClientSettings?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    LongAddressesEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    OrarEnabled?: boolean;
                    /** @description Notes SPF, DKIM, DMARC and ARC of messages from strangers in Authentication-Results; refuses nothing. */
                    SenderAuthenticationEnabled?: boolean;
                    /**
                     * Format: hostname
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    ServiceDiscoveryFqdn?: string;
                    /** @description Advertises SMTPUTF8. */
                    SmtpUtf8Enabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    SuppressXAnonymousTls?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TlsDomainCapabilities?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Bare line feeds are always refused: $false is refused. */
                    BareLinefeedRejectionEnabled?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReceiveConnector"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-ReceiveConnector": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The connector: Server\Name, name, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-ReceiveConnector": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The connector: Server\Name, name, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The connector's name, at most 64 characters, unique on its server. */
                    Name?: string;
                    /** @description Local addresses and ports it listens on, such as 0.0.0.0:25; required on creation except for the usages Client and Internal, where it is refused. */
                    Bindings?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The clients it serves: addresses, ranges a-b or CIDR; required on creation except for the usage Internet, where it is refused. */
                    RemoteIPRanges?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Which security mechanisms it offers to clients. */
                    AuthMechanism?: string | ("None" | "Tls" | "Integrated" | "BasicAuth" | "BasicAuthRequireTLS" | "ExchangeServer" | "ExternalAuthoritative")[];
                    /** @description The text of the greeting, starting with 220. */
                    Banner?: string;
                    /** @description Free text. */
                    Comment?: string;
                    /** @description The accepted domain of senders given without one; stored. */
                    DefaultDomain?: string;
                    /** @description Asks clients for a certificate; mail from domains in TLSReceiveDomainSecureList is taken only with one of theirs. */
                    DomainSecureEnabled?: boolean;
                    /** @description Kerberos sign-in; stored. */
                    EnableAuthGSSAPI?: boolean;
                    /** @description $false makes it refuse connections. */
                    Enabled?: boolean;
                    /**
                     * @description Extended protection of integrated sign-in; stored.
                     * @enum {string}
                     */
                    ExtendedProtectionPolicy?: "None" | "Allow" | "Require";
                    /**
                     * Format: hostname
                     * @description The name in its greeting; the server's unless given.
                     */
                    Fqdn?: string;
                    /** @description Those local addresses and ports where TLS starts at once, such as 0.0.0.0:465. */
                    ImplicitTlsBindings?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Rights of its clients beyond its permission groups, such as ms-Exch-SMTP-Accept-Any-Recipient to relay. */
                    ExtendedRights?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Who may submit mail through it. */
                    PermissionGroups?: string | ("None" | "AnonymousUsers" | "ExchangeUsers" | "ExchangeServers" | "ExchangeLegacyServers" | "Partners" | "Custom")[];
                    /**
                     * @description Whether its SMTP conversations are written to the protocol log.
                     * @enum {string}
                     */
                    ProtocolLoggingLevel?: "None" | "Verbose";
                    /** @description Refuses mail and sign-in before TLS. */
                    RequireTLS?: boolean;
                    /** @description The certificate to present, as <I>issuer<S>subject. */
                    TlsCertificateName?: string;
                    /** @description The cipher suites that are spoken, by their registered names; All unless given. */
                    TlsCipherSuites?: string | ("All" | "TLS_AES_256_GCM_SHA384" | "TLS_AES_128_GCM_SHA256" | "TLS_CHACHA20_POLY1305_SHA256" | "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" | "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" | "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" | "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" | "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" | "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256")[];
                    /**
                     * @description The oldest version of TLS that is spoken: Tls12 (the default) or Tls13.
                     * @enum {string}
                     */
                    TlsMinimumVersion?: "Tls12" | "Tls13";
                    /**
                     * @description The service that listens: FrontendTransport or HubTransport.
                     * @enum {string}
                     */
                    TransportRole?: "FrontendTransport" | "HubTransport";
                    /**
                     * @description How long a client may be silent, less than ConnectionTimeout.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ConnectionInactivityTimeout?: string;
                    /**
                     * @description How long a connection may last.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ConnectionTimeout?: string;
                    /**
                     * @description The largest header of a message.
                     * @example 10MB
                     */
                    MaxHeaderSize?: string | number;
                    /**
                     * Format: int32
                     * @description How many Received fields a message may have, 1 to 500.
                     */
                    MaxHopCount?: number;
                    /** @description How many connections it serves at once, or unlimited. */
                    MaxInboundConnection?: number | string;
                    /**
                     * Format: int32
                     * @description The share of its remaining connections that one address may take, in percent.
                     */
                    MaxInboundConnectionPercentagePerSource?: number;
                    /** @description How many connections one address may hold, or unlimited. */
                    MaxInboundConnectionPerSource?: number | string;
                    /**
                     * Format: int32
                     * @description How many of the Received fields may be this server's own, 0 to 50; 0 means any number.
                     */
                    MaxLocalHopCount?: number;
                    /**
                     * Format: int32
                     * @description After how many failed sign-ins a connection is closed, 0 to 10; 0 means never.
                     */
                    MaxLogonFailures?: number;
                    /**
                     * @description The largest message it accepts.
                     * @example 10MB
                     */
                    MaxMessageSize?: string | number;
                    /** @description After how many protocol errors a connection is closed, or unlimited. */
                    MaxProtocolErrors?: number | string;
                    /**
                     * Format: int32
                     * @description How many recipients a message may have, 1 to 512000.
                     */
                    MaxRecipientsPerMessage?: number;
                    /** @description How many messages a minute it accepts from one source, or unlimited. */
                    MessageRateLimit?: number | string;
                    /**
                     * @description What the message rate is counted by.
                     * @enum {string}
                     */
                    MessageRateSource?: "None" | "IPAddress" | "User" | "All";
                    /**
                     * @description How long refusals to anonymous clients are delayed; 00:00:00 means not at all.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    TarpitInterval?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    MaxAcknowledgementDelay?: string;
                    /** @description Binary content is never advertised: $true is refused. */
                    BinaryMimeEnabled?: boolean;
                    /** @description Advertises CHUNKING. */
                    ChunkingEnabled?: boolean;
                    /** @description Advertises DSN. */
                    DeliveryStatusNotificationEnabled?: boolean;
                    /** @description Advertises 8BITMIME. */
                    EightBitMimeEnabled?: boolean;
                    /** @description Advertises ENHANCEDSTATUSCODES. */
                    EnhancedStatusCodesEnabled?: boolean;
                    /** @description Advertises PIPELINING. */
                    PipeliningEnabled?: boolean;
                    /**
                     * @description Advertises SIZE, with or without the value.
                     * @enum {string}
                     */
                    SizeEnabled?: "Enabled" | "Disabled" | "EnabledWithoutValue";
                    /** @description Refuses clients that give no domain in EHLO. */
                    RequireEHLODomain?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    AdvertiseClientSettings?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    LongAddressesEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    OrarEnabled?: boolean;
                    /** @description Notes SPF, DKIM, DMARC and ARC of messages from strangers in Authentication-Results; refuses nothing. */
                    SenderAuthenticationEnabled?: boolean;
                    /**
                     * Format: hostname
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    ServiceDiscoveryFqdn?: string;
                    /** @description Advertises SMTPUTF8. */
                    SmtpUtf8Enabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    SuppressXAnonymousTls?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TlsDomainCapabilities?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Bare line feeds are always refused: $false is refused. */
                    BareLinefeedRejectionEnabled?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-RemoteDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The remote domain: name, domain, GUID, distinguished name or object. */
                    Identity?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DomainContentConfig"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-RemoteDomain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The remote domain's name, at most 64 characters, unique. */
                    Name: string;
                    /** @description The domain, such as fabrikam.com, or *.fabrikam.com with its subdomains; fixed once created. */
                    DomainName: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DomainContentConfig"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-RemoteDomain": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The remote domain: name, domain, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-RemoteDomain": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The remote domain: name, domain, GUID, distinguished name or object. */
                    Identity: string;
                    /**
                     * @description Which out-of-office messages go there; InternalLegacy makes the domain internal. Stored: SMTP does not tell them apart.
                     * @enum {string}
                     */
                    AllowedOOFType?: "External" | "ExternalLegacy" | "InternalLegacy" | "None";
                    /** @description Whether automatic forwards go there. Stored: SMTP does not tell them apart. */
                    AutoForwardEnabled?: boolean;
                    /** @description Whether automatic replies go there. Stored: SMTP does not tell them apart. */
                    AutoReplyEnabled?: boolean;
                    /**
                     * @description How 7-bit character sets are encoded; stored, content is not converted.
                     * @enum {string}
                     */
                    ByteEncoderTypeFor7BitCharsets?: "Use7Bit" | "UseQP" | "UseBase64" | "UseQPHtmlDetectTextPlain" | "UseBase64HtmlDetectTextPlain" | "UseQPHtml7BitTextPlain" | "UseBase64Html7BitTextPlain" | "Undefined";
                    /** @description Character set of MIME messages that name none, such as utf-8; stored, content is not converted. */
                    CharacterSet?: string;
                    /**
                     * @description Which formats of a message go there; stored, content is not converted.
                     * @enum {string}
                     */
                    ContentType?: "MimeHtmlText" | "MimeText" | "MimeHtml";
                    /** @description Whether senders there get the delivery reports they ask for. */
                    DeliveryReportEnabled?: boolean;
                    /** @description Whether the sender's display name is shown there; stored. */
                    DisplaySenderName?: boolean;
                    /** @description Whether the domain belongs to the organization; $false sets AllowedOOFType to ExternalLegacy. Stored. */
                    IsInternal?: boolean;
                    /** @description Longest line of a message, 0 to 132 or Unlimited; stored, content is not converted. */
                    LineWrapSize?: number | string;
                    /** @description Whether organizers there are told of forwarded meetings; stored. */
                    MeetingForwardNotificationEnabled?: boolean;
                    /**
                     * Format: int32
                     * @description Number of messages above which monitoring is told; stored.
                     */
                    MessageCountThreshold?: number;
                    /** @description The remote domain's name, at most 64 characters, unique. */
                    Name?: string;
                    /** @description $false leaves server names, replies and diagnostic information out of reports to senders there. */
                    NDRDiagnosticInfoEnabled?: boolean;
                    /** @description Whether senders there get non-delivery reports. */
                    NDREnabled?: boolean;
                    /**
                     * Format: date-time
                     * @description Until then (UTC, at most 90 days ahead) hosts of this domain need not be what DANE and MTA-STS demand; $null ends it.
                     */
                    TlsExceptionUntil?: string;
                    /** @description Character set of messages without MIME; stored, content is not converted. */
                    NonMimeCharacterSet?: string;
                    /**
                     * @description Code page for Shift-JIS; stored, content is not converted.
                     * @enum {string}
                     */
                    PreferredInternetCodePageForShiftJis?: "50220" | "50221" | "50222" | "Undefined";
                    /**
                     * Format: int32
                     * @description Percentage of characters a character set must cover; stored, content is not converted.
                     */
                    RequiredCharsetCoverage?: number;
                    /** @description Whether the domain is that of moved mailboxes; stored. */
                    TargetDeliveryDomain?: boolean;
                    /** @description Whether TNEF goes there; $null leaves it to the client. Stored, content is not converted. */
                    TNEFEnabled?: boolean | null;
                    /** @description Whether mail from there passes content filters; stored, there are none here. */
                    TrustedMailInboundEnabled?: boolean;
                    /** @description Whether mail to there is marked as trusted; stored. */
                    TrustedMailOutboundEnabled?: boolean;
                    /** @description Whether the simple display name is sent; stored. */
                    UseSimpleDisplayName?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-RoleGroup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The role group: name, GUID, distinguished name or object. */
                    Identity?: string;
                    /** @description Only the groups that satisfy the filter, such as "Name -like 'Help*'". */
                    Filter?: string;
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /**
                     * @description The property to sort by.
                     * @enum {string}
                     */
                    SortBy?: "Name" | "DisplayName";
                    /**
                     * @deprecated
                     * @description Accepted without effect.
                     */
                    ShowPartnerLinked?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted without effect.
                     */
                    ReadFromDomainController?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleGroup"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Add-RoleGroupMember": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The role group: name, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The mailbox: name, address, GUID, distinguished name or object. */
                    Member: string;
                    /**
                     * @deprecated
                     * @description Accepted without effect: whoever may run this cmdlet may change any group.
                     */
                    BypassSecurityGroupManagerCheck?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-RoleGroupMember": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The role group: name, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                    /**
                     * @deprecated
                     * @description Accepted without effect.
                     */
                    ReadFromDomainController?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RoleGroupMember"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-RoleGroupMember": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The role group: name, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description The mailbox: name, address, GUID, distinguished name or object. */
                    Member: string;
                    /**
                     * @deprecated
                     * @description Accepted without effect: whoever may run this cmdlet may change any group.
                     */
                    BypassSecurityGroupManagerCheck?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-SendConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The connector: name, GUID, Server\Name, distinguished name or object. */
                    Identity?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendConnector"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "New-SendConnector": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The connector's name, at most 64 characters, unique among Send connectors. */
                    Name: string;
                    /** @description The recipient domains it carries mail for, each as Type:Domain;Cost, such as *, contoso.com or "SMTP:*.contoso.com;10". */
                    AddressSpaces: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * @description What the connector is for; sets the values that are usual for it.
                     * @enum {string}
                     */
                    Usage?: "Custom" | "Internal" | "Internet" | "Partner";
                    /** @description Same as -Usage Custom. */
                    Custom?: boolean;
                    /** @description Same as -Usage Internal. */
                    Internal?: boolean;
                    /** @description Same as -Usage Internet. */
                    Internet?: boolean;
                    /** @description Same as -Usage Partner. */
                    Partner?: boolean;
                    /** @description User name and password for the smart hosts, needed by the Basic authentication mechanisms. With OAuth2 the mailbox to send as and, as its password, the client secret or the refresh token. */
                    AuthenticationCredential?: {
                        UserName: string;
                        /** Format: password */
                        Password: string;
                    };
                    /** @description Hands known organization header fields to a hybrid deployment as X-MS-Exchange-CrossPremises-*; without it these are removed. */
                    CloudServicesMailEnabled?: boolean;
                    /** @description Free text. */
                    Comment?: string;
                    /**
                     * @description How long an open connection may be idle before it is closed, 00:00:01 to 1.00:00:00.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ConnectionInactivityTimeOut?: string;
                    /** @description $true delivers to the MX hosts of the recipient's domain; $false to the smart hosts. */
                    DNSRoutingEnabled?: boolean;
                    /** @description Mutual TLS: the certificate must be for the recipients' domain, and ours for Fqdn is shown. */
                    DomainSecureEnabled?: boolean;
                    /** @description $false takes the connector out of routing; mail queued for it is routed again. */
                    Enabled?: boolean;
                    /** @description Which failures are treated as transient or permanent against the ordinary rule. */
                    ErrorPolicies?: string | ("Default" | "DowngradeDnsFailures" | "DowngradeCustomFailures" | "UpgradeCustomFailures")[];
                    /** @description Hides warnings and confirmation. */
                    Force?: boolean;
                    /** @description Greets with HELO instead of EHLO, so without TLS and authentication. */
                    ForceHELO?: boolean;
                    /**
                     * Format: hostname
                     * @description The name given in EHLO; empty means the source server's own.
                     */
                    Fqdn?: string;
                    /** @description Sends through a Front End Transport service, whose address the outside then sees. */
                    FrontendProxyEnabled?: boolean;
                    /** @description Never uses TLS even where it is offered. */
                    IgnoreSTARTTLS?: boolean;
                    /** @description Only servers in the site of the source servers consider the connector. */
                    IsScopedConnector?: boolean;
                    /**
                     * @description The largest message it carries, such as 25MB, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    MaxMessageSize?: string | number;
                    /** @description With OAuth2: the client's identifier at the token endpoint. */
                    OAuthClientId?: string;
                    /**
                     * Format: password
                     * @description With OAuthGrantType RefreshToken: the client's secret, where it has one.
                     */
                    OAuthClientSecret?: string;
                    /**
                     * @description With OAuth2: what access tokens are asked for with, the client's secret or a refresh token.
                     * @enum {string}
                     */
                    OAuthGrantType?: "ClientCredentials" | "RefreshToken";
                    /** @description With OAuth2: what access is asked for, where the token endpoint wants to be told; several separated by spaces. */
                    OAuthScope?: string;
                    /** @description With OAuth2: the address of the token endpoint, https only. */
                    OAuthTokenUrl?: string;
                    /**
                     * Format: int32
                     * @description The TCP port of the hosts it connects to, 1 to 65535.
                     */
                    Port?: number;
                    /**
                     * @description Whether its SMTP conversations are written to the protocol log.
                     * @enum {string}
                     */
                    ProtocolLoggingLevel?: "None" | "Verbose";
                    /**
                     * @deprecated
                     * @description Reserved; stored.
                     */
                    RequireOorg?: boolean;
                    /** @description Sends over TLS only; without it mail waits. */
                    RequireTLS?: boolean;
                    /**
                     * Format: int32
                     * @description Per cent of the recipients' domains that the connector takes, 1 to 100, always the same ones: for a way out that is to be tried on a part of the mail. Another connector takes the others. 100 unless given.
                     */
                    ShareOfDomains?: number;
                    /**
                     * @description How it authenticates with the smart hosts.
                     * @enum {string}
                     */
                    SmartHostAuthMechanism?: "None" | "BasicAuth" | "BasicAuthRequireTLS" | "ExchangeServer" | "ExternalAuthoritative" | "OAuth2" | "ClientCertificate";
                    /** @description Names or addresses of the hosts that all its mail is handed to. */
                    SmartHosts?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * Format: int32
                     * @description After how many messages a connection is closed and a new one opened.
                     */
                    SmtpMaxMessagesPerConnection?: number;
                    /** @description Edge servers only: any address but 0.0.0.0 is refused. */
                    SourceIPAddress?: string;
                    /** @description The Mailbox servers that send its mail; the server the command runs on unless given. */
                    SourceTransportServers?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * @description How far the other side's certificate is verified; needs RequireTLS.
                     * @enum {string}
                     */
                    TlsAuthLevel?: "EncryptionOnly" | "CertificateValidation" | "DomainValidation";
                    /** @description The certificate to present, as <I>issuer<S>subject. */
                    TlsCertificateName?: string;
                    /** @description The cipher suites that are spoken, by their registered names; All unless given. */
                    TlsCipherSuites?: string | ("All" | "TLS_AES_256_GCM_SHA384" | "TLS_AES_128_GCM_SHA256" | "TLS_CHACHA20_POLY1305_SHA256" | "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" | "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" | "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" | "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" | "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" | "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256")[];
                    /** @description The domain that the other side's certificate must name, with TlsAuthLevel DomainValidation. */
                    TlsDomain?: string;
                    /**
                     * @description The oldest version of TLS that is spoken: Tls12 (the default) or Tls13.
                     * @enum {string}
                     */
                    TlsMinimumVersion?: "Tls12" | "Tls13";
                    /** @description Looks names up with the server's external DNS servers instead of the internal ones. */
                    UseExternalDNSServersEnabled?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendConnector"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Remove-SendConnector": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The connector: name, GUID, Server\Name, distinguished name or object. */
                    Identity: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-SendConnector": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The connector: name, GUID, Server\Name, distinguished name or object. */
                    Identity: string;
                    /** @description The connector's name, at most 64 characters, unique among Send connectors. */
                    Name?: string;
                    /** @description The recipient domains it carries mail for, each as Type:Domain;Cost, such as *, contoso.com or "SMTP:*.contoso.com;10". */
                    AddressSpaces?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description User name and password for the smart hosts, needed by the Basic authentication mechanisms. With OAuth2 the mailbox to send as and, as its password, the client secret or the refresh token. */
                    AuthenticationCredential?: {
                        UserName: string;
                        /** Format: password */
                        Password: string;
                    };
                    /** @description Hands known organization header fields to a hybrid deployment as X-MS-Exchange-CrossPremises-*; without it these are removed. */
                    CloudServicesMailEnabled?: boolean;
                    /** @description Free text. */
                    Comment?: string;
                    /**
                     * @description How long an open connection may be idle before it is closed, 00:00:01 to 1.00:00:00.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ConnectionInactivityTimeOut?: string;
                    /** @description $true delivers to the MX hosts of the recipient's domain; $false to the smart hosts. */
                    DNSRoutingEnabled?: boolean;
                    /** @description Mutual TLS: the certificate must be for the recipients' domain, and ours for Fqdn is shown. */
                    DomainSecureEnabled?: boolean;
                    /** @description $false takes the connector out of routing; mail queued for it is routed again. */
                    Enabled?: boolean;
                    /** @description Which failures are treated as transient or permanent against the ordinary rule. */
                    ErrorPolicies?: string | ("Default" | "DowngradeDnsFailures" | "DowngradeCustomFailures" | "UpgradeCustomFailures")[];
                    /** @description Hides warnings and confirmation. */
                    Force?: boolean;
                    /** @description Greets with HELO instead of EHLO, so without TLS and authentication. */
                    ForceHELO?: boolean;
                    /**
                     * Format: hostname
                     * @description The name given in EHLO; empty means the source server's own.
                     */
                    Fqdn?: string;
                    /** @description Sends through a Front End Transport service, whose address the outside then sees. */
                    FrontendProxyEnabled?: boolean;
                    /** @description Never uses TLS even where it is offered. */
                    IgnoreSTARTTLS?: boolean;
                    /** @description Only servers in the site of the source servers consider the connector. */
                    IsScopedConnector?: boolean;
                    /**
                     * @description The largest message it carries, such as 25MB, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    MaxMessageSize?: string | number;
                    /** @description With OAuth2: the client's identifier at the token endpoint. */
                    OAuthClientId?: string;
                    /**
                     * Format: password
                     * @description With OAuthGrantType RefreshToken: the client's secret, where it has one.
                     */
                    OAuthClientSecret?: string;
                    /**
                     * @description With OAuth2: what access tokens are asked for with, the client's secret or a refresh token.
                     * @enum {string}
                     */
                    OAuthGrantType?: "ClientCredentials" | "RefreshToken";
                    /** @description With OAuth2: what access is asked for, where the token endpoint wants to be told; several separated by spaces. */
                    OAuthScope?: string;
                    /** @description With OAuth2: the address of the token endpoint, https only. */
                    OAuthTokenUrl?: string;
                    /**
                     * Format: int32
                     * @description The TCP port of the hosts it connects to, 1 to 65535.
                     */
                    Port?: number;
                    /**
                     * @description Whether its SMTP conversations are written to the protocol log.
                     * @enum {string}
                     */
                    ProtocolLoggingLevel?: "None" | "Verbose";
                    /**
                     * @deprecated
                     * @description Reserved; stored.
                     */
                    RequireOorg?: boolean;
                    /** @description Sends over TLS only; without it mail waits. */
                    RequireTLS?: boolean;
                    /**
                     * Format: int32
                     * @description Per cent of the recipients' domains that the connector takes, 1 to 100, always the same ones: for a way out that is to be tried on a part of the mail. Another connector takes the others. 100 unless given.
                     */
                    ShareOfDomains?: number;
                    /**
                     * @description How it authenticates with the smart hosts.
                     * @enum {string}
                     */
                    SmartHostAuthMechanism?: "None" | "BasicAuth" | "BasicAuthRequireTLS" | "ExchangeServer" | "ExternalAuthoritative" | "OAuth2" | "ClientCertificate";
                    /** @description Names or addresses of the hosts that all its mail is handed to. */
                    SmartHosts?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * Format: int32
                     * @description After how many messages a connection is closed and a new one opened.
                     */
                    SmtpMaxMessagesPerConnection?: number;
                    /** @description Edge servers only: any address but 0.0.0.0 is refused. */
                    SourceIPAddress?: string;
                    /** @description The Mailbox servers that send its mail; the server the command runs on unless given. */
                    SourceTransportServers?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * @description How far the other side's certificate is verified; needs RequireTLS.
                     * @enum {string}
                     */
                    TlsAuthLevel?: "EncryptionOnly" | "CertificateValidation" | "DomainValidation";
                    /** @description The certificate to present, as <I>issuer<S>subject. */
                    TlsCertificateName?: string;
                    /** @description The cipher suites that are spoken, by their registered names; All unless given. */
                    TlsCipherSuites?: string | ("All" | "TLS_AES_256_GCM_SHA384" | "TLS_AES_128_GCM_SHA256" | "TLS_CHACHA20_POLY1305_SHA256" | "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" | "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" | "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" | "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" | "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" | "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256")[];
                    /** @description The domain that the other side's certificate must name, with TlsAuthLevel DomainValidation. */
                    TlsDomain?: string;
                    /**
                     * @description The oldest version of TLS that is spoken: Tls12 (the default) or Tls13.
                     * @enum {string}
                     */
                    TlsMinimumVersion?: "Tls12" | "Tls13";
                    /** @description Looks names up with the server's external DNS servers instead of the internal ones. */
                    UseExternalDNSServersEnabled?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-ExchangeServer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The server: name, FQDN, GUID, distinguished name or object. */
                    Identity?: string;
                    /**
                     * Format: hostname
                     * @description Only the servers whose FQDN is in this domain.
                     */
                    Domain?: string;
                    /** @description Accepted; all values are always returned. */
                    Status?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExchangeServer"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Send-TestMessage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: email
                     * @description The recipient: one e-mail address.
                     */
                    To: string;
                    /** @description The subject, at most 255 characters on one line; says that this is a test unless given. */
                    Subject?: string;
                    /** @description The text, at most 64 KB; says who sent it, and from which server, unless given. */
                    Body?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestMessage"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-TlsReport": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: hostname
                     * @description The accepted domain that the reports are about; all of them unless given.
                     */
                    Domain?: string;
                    /**
                     * Format: date-time
                     * @description Only reports about a time that ends at this moment or later, in UTC.
                     */
                    StartDate?: string;
                    /**
                     * Format: date-time
                     * @description Only reports about a time that begins before this moment, in UTC.
                     */
                    EndDate?: string;
                    /** @description Only of who reports: a part of the organization's name or of its domain, letter case ignored. */
                    Organization?: string;
                    /** @description Only where sessions failed. */
                    FailuresOnly?: boolean;
                    /** @description Also reports that the domain which submits them has not signed: anybody can have made them. */
                    IncludeUnverified?: boolean;
                    /** @description How many objects are returned at most: 1000 unless given; a warning tells when there are more. */
                    ResultSize?: number | string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TlsReport"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-TransportSecurity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: email
                     * @description The recipient: one e-mail address. Without it, what holds for all mail is shown.
                     */
                    Recipient?: string;
                    /**
                     * @description What the message itself wants of TLS (RFC 8689): Required is REQUIRETLS, NotRequired the header field TLS-Required: No.
                     * @enum {string}
                     */
                    TlsRequirement?: "Default" | "Required" | "NotRequired";
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransportSecurity"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-TransportConfig": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @deprecated
                     * @description Reserved: there is one organization.
                     */
                    Identity?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransportConfig"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-TransportConfig": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @deprecated
                     * @description Reserved: there is one organization.
                     */
                    Identity?: string;
                    /**
                     * @description The largest message anybody in the organization may receive, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    MaxReceiveSize?: string | number;
                    /**
                     * @description The largest message anybody in the organization may send, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    MaxSendSize?: string | number;
                    /** @description How many recipients a message may have, or unlimited. */
                    MaxRecipientEnvelopeLimit?: number | string;
                    /** @description Whether external senders are told of a delay. */
                    ExternalDelayDsnEnabled?: boolean;
                    /** @description The language of reports to external senders when nothing tells theirs. */
                    ExternalDsnDefaultLanguage?: string;
                    /** @description Whether reports to external senders come in the message's language. */
                    ExternalDsnLanguageDetectionEnabled?: boolean;
                    /**
                     * @description Up to which size a message is returned whole to external senders.
                     * @example 10MB
                     */
                    ExternalDsnMaxMessageAttachSize?: string | number;
                    /** @description The domain named as the author of reports to external senders. */
                    ExternalDsnReportingAuthority?: string;
                    /** @description Whether reports to external senders are in HTML; stored. */
                    ExternalDsnSendHtml?: boolean;
                    /** @description Whether internal senders are told of a delay. */
                    InternalDelayDsnEnabled?: boolean;
                    /** @description The language of reports to internal senders when nothing tells theirs. */
                    InternalDsnDefaultLanguage?: string;
                    /** @description Whether reports to internal senders come in the message's language. */
                    InternalDsnLanguageDetectionEnabled?: boolean;
                    /**
                     * @description Up to which size a message is returned whole to internal senders.
                     * @example 10MB
                     */
                    InternalDsnMaxMessageAttachSize?: string | number;
                    /** @description The domain named as the author of reports to internal senders. */
                    InternalDsnReportingAuthority?: string;
                    /** @description Whether reports to internal senders are in HTML; stored. */
                    InternalDsnSendHtml?: boolean;
                    /**
                     * @description How reports of other systems are converted; stored.
                     * @enum {string}
                     */
                    DSNConversionMode?: "UseExchangeDSNs" | "PreserveDSNBody" | "DoNotConvert";
                    /**
                     * Format: email
                     * @description The sender of reports to external senders; empty means postmaster at the default domain.
                     */
                    ExternalPostmasterAddress?: string;
                    /** @description The status codes of reports that are copied to the mailbox of ExternalPostmasterAddress, such as 5.4.8. */
                    GenerateCopyOfDSNFor?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * Format: email
                     * @description Where undeliverable journal reports go; stored.
                     */
                    JournalingReportNdrTo?: string;
                    /** @description Addresses of the organization's other SMTP servers; stored. */
                    InternalSMTPServers?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The domains whose incoming mail must come with mutual TLS; stored. */
                    TLSReceiveDomainSecureList?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description The domains mail to which must go out with mutual TLS; stored. */
                    TLSSendDomainSecureList?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Whether a second server keeps a copy; needs several servers. */
                    ShadowRedundancyEnabled?: boolean;
                    /** @description Whether mail is refused for the moment when no second copy can be made; needs several servers. */
                    RejectMessageOnShadowFailure?: boolean;
                    /**
                     * @description Where the second copy is made; stored.
                     * @enum {string}
                     */
                    ShadowMessagePreferenceSetting?: "PreferRemote" | "LocalOnly" | "RemoteOnly";
                    /**
                     * Format: int32
                     * @description Tries to make a copy in the same site, 0 to 255; stored.
                     */
                    MaxRetriesForLocalSiteShadow?: number;
                    /**
                     * Format: int32
                     * @description Tries to make a copy in another site, 0 to 255; stored.
                     */
                    MaxRetriesForRemoteSiteShadow?: number;
                    /**
                     * @description How often servers ask after each other's copies; stored.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ShadowHeartbeatFrequency?: string;
                    /**
                     * @description After how long the second server sends in place of the first; stored.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ShadowResubmitTimeSpan?: string;
                    /**
                     * @description How long delivered copies are remembered; stored.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ShadowMessageAutoDiscardInterval?: string;
                    /**
                     * @description How long delivered messages are kept; stored.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    SafetyNetHoldTime?: string;
                    /** @description Whether what the DNS says of certificates (TLSA records, RFC 7672) counts where its signatures are validated. */
                    DaneEnabled?: boolean;
                    /** @description Whether the MTA-STS policies of recipients' domains count (RFC 8461). */
                    MtaStsEnabled?: boolean;
                    /** @description Whether domains that ask for it in the DNS are told daily what became of TLS with their hosts (RFC 8460). */
                    TlsReportingEnabled?: boolean;
                    /** @description Whether the header field TLS-Required: No of a message lets it go whatever the recipients' domains demand by DANE or MTA-STS (RFC 8689). */
                    TlsRequiredNoEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    AddressBookPolicyRoutingEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    AgentGeneratedMessageLoopDetectionInSubmissionEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    AgentGeneratedMessageLoopDetectionInSmtpEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    ClearCategories?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    ConvertDisclaimerWrapperToEml?: boolean;
                    /**
                     * Format: int32
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    DiagnosticsAggregationServicePort?: number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    Force?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     * @enum {string}
                     */
                    HeaderPromotionModeSetting?: "NoCreate" | "MayCreate" | "MustCreate";
                    /**
                     * Format: int32
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    MaxAllowedAgentGeneratedMessageDepth?: number;
                    /**
                     * Format: int32
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    MaxAllowedAgentGeneratedMessageDepthPerAgent?: number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     * @example 10MB
                     */
                    MaxDumpsterSizePerDatabase?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    MaxDumpsterTime?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    QueueDiagnosticsAggregationInterval?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    Rfc2231EncodingEnabled?: boolean;
                    /**
                     * Format: int32
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    ShadowHeartbeatRetryCount?: number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ShadowHeartbeatTimeoutInterval?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    SupervisionTags?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     * @example 10MB
                     */
                    TransportRuleAttachmentTextScanLimit?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    VerifySecureSubmitEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    VoicemailJournalingEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; stored where the organization has the setting, without effect.
                     */
                    Xexch50Enabled?: boolean;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-TransportService": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The server: name, FQDN, GUID, distinguished name or object. */
                    Identity?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransportService"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-TransportService": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The server: name, FQDN, GUID, distinguished name or object. */
                    Identity: string;
                    /**
                     * Format: int32
                     * @description How many retries follow the quick ones, 0 to 15.
                     */
                    TransientFailureRetryCount?: number;
                    /**
                     * @description How far apart those retries are, 00:00:01 to 12:00:00.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    TransientFailureRetryInterval?: string;
                    /**
                     * @description How far apart the later retries are, 00:00:01 to 20.00:00:00.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    OutboundConnectionFailureRetryInterval?: string;
                    /**
                     * @description When a message refused for the moment is tried again, 00:00:01 to 1.00:00:00.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    MessageRetryInterval?: string;
                    /**
                     * @description After how long the sender is told of a delay, 00:00:01 to 30.00:00:00.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    DelayNotificationTimeout?: string;
                    /**
                     * @description After how long a message is returned, 00:00:05 to 90.00:00:00.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    MessageExpirationTimeout?: string;
                    /**
                     * @description After how long an empty queue disappears, 00:00:05 to 01:00:00.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    QueueMaxIdleTime?: string;
                    /** @description How many outgoing connections are open at once, or unlimited. */
                    MaxOutboundConnections?: number | string;
                    /** @description How many outgoing connections one next hop may take, at most MaxOutboundConnections. */
                    MaxPerDomainOutboundConnections?: number | string;
                    /**
                     * Format: int32
                     * @description How many new incoming connections a minute are accepted.
                     */
                    MaxConnectionRatePerMinute?: number;
                    /**
                     * Format: int32
                     * @description How many deliveries to mailboxes run at once, 1 to 256.
                     */
                    MaxConcurrentMailboxDeliveries?: number;
                    /**
                     * Format: int32
                     * @description How many submissions from mailboxes run at once, 1 to 256; stored.
                     */
                    MaxConcurrentMailboxSubmissions?: number;
                    /**
                     * @description Whether conversations between servers of the organization are logged.
                     * @enum {string}
                     */
                    IntraOrgConnectorProtocolLoggingLevel?: "None" | "Verbose";
                    /**
                     * Format: int32
                     * @description After how many messages a connection to another server of the organization is closed.
                     */
                    IntraOrgConnectorSmtpMaxMessagesPerConnection?: number;
                    /** @description $true takes the DNS servers for external names from /etc/resolv.conf. */
                    ExternalDNSAdapterEnabled?: boolean;
                    /**
                     * Format: uuid
                     * @deprecated
                     * @description Accepted without effect: there are no adapter GUIDs here.
                     */
                    ExternalDNSAdapterGuid?: string;
                    /**
                     * @description Over which protocol external names are looked up.
                     * @enum {string}
                     */
                    ExternalDNSProtocolOption?: "Any" | "UseTcpOnly" | "UseUdpOnly";
                    /** @description The DNS servers for external names, each address or address:port. */
                    ExternalDNSServers?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description $true takes the DNS servers for internal names from /etc/resolv.conf. */
                    InternalDNSAdapterEnabled?: boolean;
                    /**
                     * Format: uuid
                     * @deprecated
                     * @description Accepted without effect: there are no adapter GUIDs here.
                     */
                    InternalDNSAdapterGuid?: string;
                    /**
                     * @description Over which protocol internal names are looked up.
                     * @enum {string}
                     */
                    InternalDNSProtocolOption?: "Any" | "UseTcpOnly" | "UseUdpOnly";
                    /** @description The DNS servers for internal names, each address or address:port. */
                    InternalDNSServers?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Where applications put messages as files; $null: nowhere. Below the data directory unless absolute. Whoever may write there may send mail as anybody. */
                    PickupDirectoryPath?: string;
                    /**
                     * @description The largest header of a message put there, 32768 to 2147483647 bytes; one with a larger header goes back to its sender.
                     * @example 10MB
                     */
                    PickupDirectoryMaxHeaderSize?: string | number;
                    /**
                     * Format: int32
                     * @description How many files a minute are taken from the Pickup directory, and as many from the Replay directory, 1 to 20000.
                     */
                    PickupDirectoryMaxMessagesPerMinute?: number;
                    /**
                     * Format: int32
                     * @description How many recipients a message put there may have, 1 to 10000; one with more goes back to its sender.
                     */
                    PickupDirectoryMaxRecipientsPerMessage?: number;
                    /** @description Where exported messages are put to be sent again; $null: nowhere. Below the data directory unless absolute. Whoever may write there may send mail as anybody. */
                    ReplayDirectoryPath?: string;
                    /** @description Root of the drop directories; stored. */
                    RootDropDirectoryPath?: string;
                    /** @description Whether a message that makes the service fail is set aside. */
                    PoisonMessageDetectionEnabled?: boolean;
                    /**
                     * Format: int32
                     * @description After how many failures a message is set aside, 1 to 10.
                     */
                    PoisonThreshold?: number;
                    /** @description Whether subjects are written to the message tracking log. */
                    MessageTrackingLogSubjectLoggingEnabled?: boolean;
                    /** @description The address to name in Received fields; stored. */
                    ExternalIPAddress?: string;
                    /** @description Anti-spam agents; stored. */
                    AntispamAgentsEnabled?: boolean;
                    /** @description Cache of recipient validation; stored. */
                    RecipientValidationCacheEnabled?: boolean;
                    /** @description Downgraded authentication between servers; stored. */
                    UseDowngradedExchangeServerAuth?: boolean;
                    /** @description Tracing of content conversion; stored. */
                    ContentConversionTracingEnabled?: boolean;
                    /** @description Pipeline tracing; stored. */
                    PipelineTracingEnabled?: boolean;
                    /** @description Where pipeline tracing is written; stored. */
                    PipelineTracingPath?: string;
                    /**
                     * Format: email
                     * @description The sender whose messages are traced; stored.
                     */
                    PipelineTracingSenderAddress?: string;
                    /** @description Whether the agent log is written. */
                    AgentLogEnabled?: boolean;
                    /**
                     * @description After which age files of the agent log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    AgentLogMaxAge?: string;
                    /**
                     * @description How much room the agent log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    AgentLogMaxDirectorySize?: string | number;
                    /** @description Where the agent log is written; $null switches it off. */
                    AgentLogPath?: string;
                    /**
                     * @description At which size a new file of the agent log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    AgentLogMaxFileSize?: string | number;
                    /** @description Whether the connectivity log is written. */
                    ConnectivityLogEnabled?: boolean;
                    /**
                     * @description After which age files of the connectivity log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ConnectivityLogMaxAge?: string;
                    /**
                     * @description How much room the connectivity log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ConnectivityLogMaxDirectorySize?: string | number;
                    /** @description Where the connectivity log is written; $null switches it off. */
                    ConnectivityLogPath?: string;
                    /**
                     * @description At which size a new file of the connectivity log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ConnectivityLogMaxFileSize?: string | number;
                    /** @description Whether the DNS log is written. */
                    DnsLogEnabled?: boolean;
                    /**
                     * @description After which age files of the DNS log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    DnsLogMaxAge?: string;
                    /**
                     * @description How much room the DNS log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    DnsLogMaxDirectorySize?: string | number;
                    /** @description Where the DNS log is written; $null switches it off. */
                    DnsLogPath?: string;
                    /**
                     * @description At which size a new file of the DNS log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    DnsLogMaxFileSize?: string | number;
                    /** @description Whether the rights management log is written. */
                    IrmLogEnabled?: boolean;
                    /**
                     * @description After which age files of the rights management log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    IrmLogMaxAge?: string;
                    /**
                     * @description How much room the rights management log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    IrmLogMaxDirectorySize?: string | number;
                    /** @description Where the rights management log is written; $null switches it off. */
                    IrmLogPath?: string;
                    /**
                     * @description At which size a new file of the rights management log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    IrmLogMaxFileSize?: string | number;
                    /** @description Whether the message tracking log is written. */
                    MessageTrackingLogEnabled?: boolean;
                    /**
                     * @description After which age files of the message tracking log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    MessageTrackingLogMaxAge?: string;
                    /**
                     * @description How much room the message tracking log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    MessageTrackingLogMaxDirectorySize?: string | number;
                    /** @description Where the message tracking log is written; $null switches it off. */
                    MessageTrackingLogPath?: string;
                    /**
                     * @description At which size a new file of the message tracking log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    MessageTrackingLogMaxFileSize?: string | number;
                    /**
                     * @description After which age files of the queue log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    QueueLogMaxAge?: string;
                    /**
                     * @description How much room the queue log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    QueueLogMaxDirectorySize?: string | number;
                    /** @description Where the queue log is written; $null switches it off. */
                    QueueLogPath?: string;
                    /**
                     * @description At which size a new file of the queue log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    QueueLogMaxFileSize?: string | number;
                    /**
                     * @description After which age files of the receive protocol log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ReceiveProtocolLogMaxAge?: string;
                    /**
                     * @description How much room the receive protocol log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ReceiveProtocolLogMaxDirectorySize?: string | number;
                    /** @description Where the receive protocol log is written; $null switches it off. */
                    ReceiveProtocolLogPath?: string;
                    /**
                     * @description At which size a new file of the receive protocol log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ReceiveProtocolLogMaxFileSize?: string | number;
                    /**
                     * @description After which age files of the routing table log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    RoutingTableLogMaxAge?: string;
                    /**
                     * @description How much room the routing table log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    RoutingTableLogMaxDirectorySize?: string | number;
                    /** @description Where the routing table log is written; $null switches it off. */
                    RoutingTableLogPath?: string;
                    /**
                     * @description After which age files of the send protocol log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    SendProtocolLogMaxAge?: string;
                    /**
                     * @description How much room the send protocol log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    SendProtocolLogMaxDirectorySize?: string | number;
                    /** @description Where the send protocol log is written; $null switches it off. */
                    SendProtocolLogPath?: string;
                    /**
                     * @description At which size a new file of the send protocol log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    SendProtocolLogMaxFileSize?: string | number;
                    /**
                     * @description After which age files of the active user log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ActiveUserStatisticsLogMaxAge?: string;
                    /**
                     * @description How much room the active user log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ActiveUserStatisticsLogMaxDirectorySize?: string | number;
                    /** @description Where the active user log is written; $null switches it off. */
                    ActiveUserStatisticsLogPath?: string;
                    /**
                     * @description At which size a new file of the active user log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ActiveUserStatisticsLogMaxFileSize?: string | number;
                    /**
                     * @description After which age files of the server statistics log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ServerStatisticsLogMaxAge?: string;
                    /**
                     * @description How much room the server statistics log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ServerStatisticsLogMaxDirectorySize?: string | number;
                    /** @description Where the server statistics log is written; $null switches it off. */
                    ServerStatisticsLogPath?: string;
                    /**
                     * @description At which size a new file of the server statistics log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ServerStatisticsLogMaxFileSize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    ResourceLogEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ResourceLogMaxAge?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ResourceLogMaxDirectorySize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ResourceLogMaxFileSize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    ResourceLogPath?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportMaintenanceLogEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    TransportMaintenanceLogMaxAge?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     * @example Unlimited
                     */
                    TransportMaintenanceLogMaxDirectorySize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     * @example Unlimited
                     */
                    TransportMaintenanceLogMaxFileSize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportMaintenanceLogPath?: string;
                    /**
                     * Format: int32
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncAccountsPoisonAccountThreshold?: number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncAccountsPoisonDetectionEnabled?: boolean;
                    /**
                     * Format: int32
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncAccountsPoisonItemThreshold?: number;
                    /**
                     * Format: int32
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncAccountsSuccessivePoisonItemThreshold?: number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncExchangeEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncHubHealthLogEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncHubHealthLogFilePath?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    TransportSyncHubHealthLogMaxAge?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     */
                    TransportSyncHubHealthLogMaxDirectorySize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     */
                    TransportSyncHubHealthLogMaxFileSize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncImapEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncLogEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncLogFilePath?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncLogLoggingLevel?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    TransportSyncLogMaxAge?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     */
                    TransportSyncLogMaxDirectorySize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     */
                    TransportSyncLogMaxFileSize?: string | number;
                    /**
                     * Format: int32
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncMaxDownloadItemsPerConnection?: number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     */
                    TransportSyncMaxDownloadSizePerConnection?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     */
                    TransportSyncMaxDownloadSizePerItem?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    TransportSyncPopEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    TransportSyncRemoteConnectionTimeout?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    WindowsLiveHotmailTransportSyncEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    WlmLogMaxAge?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     * @example Unlimited
                     */
                    WlmLogMaxDirectorySize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     * @example Unlimited
                     */
                    WlmLogMaxFileSize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    WlmLogPath?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Get-FrontendTransportService": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description The server, or Server\Frontend: name, FQDN, GUID, distinguished name or object. */
                    Identity?: string;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FrontendTransportService"][];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    "Set-FrontendTransportService": {
        parameters: {
            query?: never;
            header?: {
                /** @description Only if the object has this ObjectVersion, in quotes: else 412, id changed. */
                "If-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The server, or Server\Frontend: name, FQDN, GUID, distinguished name or object. */
                    Identity: string;
                    /** @description Where proxied mail leaves from, each address;name with the name said in EHLO. Ours. */
                    EgressAddresses?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /**
                     * Format: int32
                     * @description How many retries follow the quick ones, 0 to 15.
                     */
                    TransientFailureRetryCount?: number;
                    /**
                     * @description How far apart those retries are, 00:00:01 to 12:00:00.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    TransientFailureRetryInterval?: string;
                    /**
                     * Format: int32
                     * @description How many new incoming connections a minute are accepted.
                     */
                    MaxConnectionRatePerMinute?: number;
                    /**
                     * @description Whether conversations between servers of the organization are logged.
                     * @enum {string}
                     */
                    IntraOrgConnectorProtocolLoggingLevel?: "None" | "Verbose";
                    /** @description The address to name in Received fields; stored. */
                    ExternalIPAddress?: string;
                    /** @description Anti-spam agents; stored. */
                    AntispamAgentsEnabled?: boolean;
                    /** @description $true takes the DNS servers for external names from /etc/resolv.conf. */
                    ExternalDNSAdapterEnabled?: boolean;
                    /**
                     * Format: uuid
                     * @deprecated
                     * @description Accepted without effect: there are no adapter GUIDs here.
                     */
                    ExternalDNSAdapterGuid?: string;
                    /**
                     * @description Over which protocol external names are looked up.
                     * @enum {string}
                     */
                    ExternalDNSProtocolOption?: "Any" | "UseTcpOnly" | "UseUdpOnly";
                    /** @description The DNS servers for external names, each address or address:port. */
                    ExternalDNSServers?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description $true takes the DNS servers for internal names from /etc/resolv.conf. */
                    InternalDNSAdapterEnabled?: boolean;
                    /**
                     * Format: uuid
                     * @deprecated
                     * @description Accepted without effect: there are no adapter GUIDs here.
                     */
                    InternalDNSAdapterGuid?: string;
                    /**
                     * @description Over which protocol internal names are looked up.
                     * @enum {string}
                     */
                    InternalDNSProtocolOption?: "Any" | "UseTcpOnly" | "UseUdpOnly";
                    /** @description The DNS servers for internal names, each address or address:port. */
                    InternalDNSServers?: string | string[] | {
                        Add?: string[];
                        Remove?: string[];
                    };
                    /** @description Whether the agent log is written. */
                    AgentLogEnabled?: boolean;
                    /**
                     * @description After which age files of the agent log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    AgentLogMaxAge?: string;
                    /**
                     * @description How much room the agent log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    AgentLogMaxDirectorySize?: string | number;
                    /** @description Where the agent log is written; $null switches it off. */
                    AgentLogPath?: string;
                    /**
                     * @description At which size a new file of the agent log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    AgentLogMaxFileSize?: string | number;
                    /** @description Whether the connectivity log is written. */
                    ConnectivityLogEnabled?: boolean;
                    /**
                     * @description After which age files of the connectivity log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ConnectivityLogMaxAge?: string;
                    /**
                     * @description How much room the connectivity log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ConnectivityLogMaxDirectorySize?: string | number;
                    /** @description Where the connectivity log is written; $null switches it off. */
                    ConnectivityLogPath?: string;
                    /**
                     * @description At which size a new file of the connectivity log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ConnectivityLogMaxFileSize?: string | number;
                    /** @description Whether the DNS log is written. */
                    DnsLogEnabled?: boolean;
                    /**
                     * @description After which age files of the DNS log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    DnsLogMaxAge?: string;
                    /**
                     * @description How much room the DNS log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    DnsLogMaxDirectorySize?: string | number;
                    /** @description Where the DNS log is written; $null switches it off. */
                    DnsLogPath?: string;
                    /**
                     * @description At which size a new file of the DNS log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    DnsLogMaxFileSize?: string | number;
                    /**
                     * @description After which age files of the receive protocol log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ReceiveProtocolLogMaxAge?: string;
                    /**
                     * @description How much room the receive protocol log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ReceiveProtocolLogMaxDirectorySize?: string | number;
                    /** @description Where the receive protocol log is written; $null switches it off. */
                    ReceiveProtocolLogPath?: string;
                    /**
                     * @description At which size a new file of the receive protocol log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ReceiveProtocolLogMaxFileSize?: string | number;
                    /**
                     * @description After which age files of the send protocol log are deleted.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    SendProtocolLogMaxAge?: string;
                    /**
                     * @description How much room the send protocol log may take, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    SendProtocolLogMaxDirectorySize?: string | number;
                    /** @description Where the send protocol log is written; $null switches it off. */
                    SendProtocolLogPath?: string;
                    /**
                     * @description At which size a new file of the send protocol log is begun, or unlimited.
                     * @example 10MB
                     * @example Unlimited
                     */
                    SendProtocolLogMaxFileSize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    AttributionLogEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    AttributionLogMaxAge?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     * @example Unlimited
                     */
                    AttributionLogMaxDirectorySize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     * @example Unlimited
                     */
                    AttributionLogMaxFileSize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    AttributionLogPath?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    ResourceLogEnabled?: boolean;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 00:10:00
                     * @example 2.00:00:00
                     */
                    ResourceLogMaxAge?: string;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ResourceLogMaxDirectorySize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     * @example 10MB
                     * @example Unlimited
                     */
                    ResourceLogMaxFileSize?: string | number;
                    /**
                     * @deprecated
                     * @description Accepted so that existing scripts run; has no effect.
                     */
                    ResourceLogPath?: string;
                    /** @description Asks before acting; -Confirm:$false suppresses a question that is asked by default. */
                    Confirm?: boolean;
                    /** @description Checks everything and says what would be done, without doing it. */
                    WhatIf?: boolean;
                    /**
                     * Format: hostname
                     * @description Accepted so that existing scripts run; must be a domain name and has no effect.
                     */
                    DomainController?: string;
                };
            };
        };
        responses: {
            /** @description The objects the cmdlet gives. */
            200: {
                headers: {
                    /** @description One per warning: percent-encoded UTF-8. */
                    "Relais-Warning"?: string;
                    /** @description With WhatIf: what would be done, percent-encoded. */
                    "Relais-What-If"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>[];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who is signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WhoAmI"];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    session: {
        parameters: {
            query?: never;
            header?: {
                /** @description The page asks by itself: does not keep the session open. */
                "Relais-Passive"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    user: string;
                    /** Format: password */
                    password: string;
                };
            };
        };
        responses: {
            /** @description Signed in. */
            200: {
                headers: {
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is no session any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Event directory with {"revision": n} after each change of the directory, event ping every 15 s. Ends with the session or its connection. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description Refused; nothing has been changed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
