// The dialog of useConfirm: a question with Yes and No; Escape is No.
import { Button, Text } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { ModalDialog } from './ModalDialog';
import type { Question } from './question';

interface Props {
  question: Question;
  onDecide: (yes: boolean) => void;
}

export default function QuestionDialog({ question, onDecide }: Props): ReactElement {
  const { t } = useTranslation();
  return (
    <ModalDialog
      title={question.title}
      size="small"
      alert
      onClose={() => onDecide(false)}
      footer={
        <>
          <Button appearance="primary" data-first="" onClick={() => onDecide(true)}>
            {question.yes ?? t('common.yes')}
          </Button>
          <Button onClick={() => onDecide(false)}>{question.no ?? t('common.no')}</Button>
        </>
      }
    >
      {question.text !== undefined && <Text block>{question.text}</Text>}
      {question.more}
    </ModalDialog>
  );
}
