// Mail flow > Queues: the queues, and at #/mail-flow/queues/<queue>/messages the messages of one of
// them, or of all of them for *.
import type { ReactElement } from 'react';
import { useRoute } from '../../../frame/router';
import { MessageList } from './MessageList';
import { QueueList } from './QueueList';

export default function Queues(): ReactElement {
  const { path } = useRoute();
  const queue = path[2];
  if (queue !== undefined && path[3] === 'messages')
    return <MessageList key={queue} queue={queue} />;
  return <QueueList />;
}
