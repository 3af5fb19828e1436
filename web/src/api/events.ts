// Server-sent events: after every change of the directory, whoever made it, what is shown is read
// again. Without them (an old proxy, a lost connection) the page still works; it is then fresh after
// its own actions, and when its window comes to the front.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { address } from './base';
import { send } from './request';

/** Listens while somebody is signed in. */
export function useDirectoryEvents(active: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!active) return undefined;
    let source: EventSource | null = null;
    let again: ReturnType<typeof setTimeout> | undefined;
    let soon: ReturnType<typeof setTimeout> | undefined;
    const changed = () => {
      clearTimeout(soon);
      soon = setTimeout(() => void client.invalidateQueries({ queryKey: ['cmdlet'] }), 150);
    };
    const connect = () => {
      source = new EventSource(address('api/v1/events'));
      source.addEventListener('directory', changed);
      source.addEventListener('error', () => {
        if (source?.readyState !== EventSource.CLOSED) return;
        // Perhaps because the session has ended: then this asks for the password.
        void send('GET', 'api/v1/session', { passive: true }).catch(() => undefined);
        again = setTimeout(connect, 30_000);
      });
    };
    connect();
    return () => {
      source?.close();
      clearTimeout(again);
      clearTimeout(soon);
    };
  }, [active, client]);
}
