// What the server warns of before something is done, in the page's words.
import { MessageBar, MessageBarBody } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useReasons } from './reasons';

export function Warnings({ texts }: { texts: readonly string[] }): ReactElement {
  const { warning } = useReasons();
  return (
    <>
      {texts.map((text) => (
        <MessageBar key={text} intent="warning" layout="multiline" politeness="polite">
          <MessageBarBody>{warning(text)}</MessageBarBody>
        </MessageBar>
      ))}
    </>
  );
}
