// The first lines that run: texts of the person's language, the address, the session, then the frame.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { watchActivity } from './api/activity';
import { resume } from './api/session';
import { App } from './frame/App';
import './frame/base.css';
import { startRouter } from './frame/router';
import { startShortcuts } from './frame/shortcuts';
import { startTexts } from './texts';

watchActivity();
startRouter();
startShortcuts();
void resume();
await startTexts();
const root = document.querySelector('#root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
