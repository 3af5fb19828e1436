// Mail flow > Queues: the queues, and at #/mail-flow/queues/<queue>/messages the messages of one of
// them, or of all of them for *. A queue without a server's name is one of this server.
import type { ReactElement } from 'react';
import { useWhoAmI } from '../../../api/session';
import { useRoute } from '../../../frame/router';
import { MessageList } from './MessageList';
import { QueueList } from './QueueList';

export default function Queues(): ReactElement {
  const { path } = useRoute();
  const { server } = useWhoAmI();
  const named = path[2];
  if (named !== undefined && path[3] === 'messages') {
    const queue = named === '*' || named.includes('\\') ? named : `${server}\\${named}`;
    return <MessageList key={queue} queue={queue} />;
  }
  return <QueueList />;
}
