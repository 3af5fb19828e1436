// The columns of a list of messages, in the order of the Queue Viewer.
import { useMemo } from 'react';
import type { Column } from '../../../parts/list-props';
import { bytesOf } from '../../../parts/size';
import { useFormat } from '../../../texts/format';
import type { Message } from './outputs';
import { StatusBadge } from './StatusBadge';
import { useWords } from './words';

/** The size in KB, rounded up, as the Queue Viewer shows it. */
export function kilobytes(size: string): number {
  const bytes = bytesOf(size);
  return typeof bytes === 'number' ? Math.ceil(bytes / 1024) : 0;
}

export function useMessageColumns(ofAll: boolean): readonly Column<Message>[] {
  const words = useWords();
  const format = useFormat();
  return useMemo<readonly Column<Message>[]>(() => {
    const text = (
      id: keyof Message & string,
      width: string,
      optional = false,
    ): Column<Message> => ({
      id,
      title: words.property(id),
      value: (message) => message[id] as string | number | null,
      width,
      optional,
    });
    return [
      text('FromAddress', 'minmax(150px, 1.2fr)'),
      {
        id: 'Status',
        title: words.property('Status'),
        value: (message) => words.status(message.Status),
        cell: (message) => <StatusBadge status={message.Status} />,
        width: '156px',
      },
      {
        id: 'Size',
        title: words.property('Size'),
        value: (message) => kilobytes(message.Size),
        cell: (message) => format.number(kilobytes(message.Size)),
        numeric: true,
        width: '92px',
      },
      { ...text('SCL', '70px', true), numeric: true },
      text('Queue', 'minmax(120px, 0.8fr)', !ofAll),
      text('Subject', 'minmax(140px, 1.4fr)'),
      text('SourceIP', 'minmax(110px, 0.7fr)', true),
      text('MessageSourceName', 'minmax(130px, 0.8fr)', true),
      {
        id: 'DateReceived',
        title: words.property('DateReceived'),
        value: (message) => message.DateReceived,
        cell: (message) => format.exact(message.DateReceived),
        width: 'minmax(170px, 0.8fr)',
      },
      {
        id: 'ExpirationTime',
        title: words.property('ExpirationTime'),
        value: (message) => message.ExpirationTime,
        cell: (message) => format.exact(message.ExpirationTime),
        width: 'minmax(170px, 0.8fr)',
        optional: true,
      },
      text('LastError', 'minmax(180px, 1.6fr)'),
      text('InternetMessageId', 'minmax(180px, 1fr)', true),
    ];
  }, [words, format, ofAll]);
}
