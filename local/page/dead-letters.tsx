import { useEffect, useRef, useState } from 'preact/hooks';
import type { DeadLetter, Sent } from './api.ts';
import { Badge } from './controls.tsx';
import { dateTime, shortType } from './format.ts';
import { navigate } from './location.ts';
import { MarkedBody } from './marked-body.tsx';
import { setDraft } from './send.tsx';
import { ask, useAnswer } from './server.ts';

/** The messages that could not be processed. People inspect, repair, replay or delete them here. */
export function DeadLetters({ revision, store }: { revision: number; store: string }) {
  const [open, setOpen] = useState<string | null>(null);
  const [said, setSaid] = useState('');
  const [changes, setChanges] = useState(0);
  const deadLetters = useAnswer<DeadLetter[]>('dead-letters', `${revision} ${changes}`);
  if (deadLetters === null) return <p class="empty">Reading…</p>;
  const done = (text: string) => {
    setSaid(text);
    setChanges(changes + 1);
  };
  return (
    <>
      <p role="status">{said}</p>
      {deadLetters.length === 0 ? (
        <p class="empty">No dead letters: every message could be processed.</p>
      ) : (
        <ul class="plain">
          {deadLetters.map((deadLetter) => (
            <li key={deadLetter.id} class="card">
              <div class="dead-letter">
                <Badge kind="dead-lettered">{deadLetter.reason}</Badge>
                <button
                  type="button"
                  class="link"
                  aria-expanded={open === deadLetter.id}
                  onClick={() => setOpen(open === deadLetter.id ? null : deadLetter.id)}
                >
                  {deadLetter.productId ?? 'no product'}
                </button>
                <small>
                  {shortType(deadLetter.messageType)},{dateTime(deadLetter.receivedAt)} by{' '}
                  {deadLetter.transport},{' '}
                  {deadLetter.attempts === 1 ? 'tried once' : `tried ${deadLetter.attempts} times`}
                </small>
              </div>
              <p>{deadLetter.detail}</p>
              {open === deadLetter.id && <Opened deadLetter={deadLetter} store={store} onDone={done} />}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

type OpenedProps = { deadLetter: DeadLetter; store: string; onDone: (text: string) => void };

function Opened({ deadLetter, store, onDone }: OpenedProps) {
  const { id, issues, productId } = deadLetter;
  const body = useAnswer<string>(`dead-letter/${id}`);
  const [question, setQuestion] = useState<'replay' | 'delete' | null>(null);
  const name = productId ?? id.slice(0, 12);

  const act = async (action: 'replay' | 'delete') => {
    setQuestion(null);
    try {
      if (action === 'delete') {
        await ask(`dead-letter/${id}`, { method: 'DELETE' });
        onDone(`${name} is deleted.`);
      } else {
        const sent = await ask<Sent>(`dead-letter/${id}`, { method: 'POST' });
        onDone(
          sent
            ? `${name}: ${sent.outcome}${sent.detail ? `. ${sent.detail}` : ''}`
            : `${name} is gone already.`,
        );
      }
    } catch (error) {
      onDone(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  };
  return (
    <>
      {body !== null && <MarkedBody body={body} issues={issues} />}
      <div class="actions">
        <button type="button" class="primary" onClick={() => setQuestion('replay')}>
          Replay
        </button>
        <button
          type="button"
          disabled={body === null || deadLetter.truncated}
          onClick={() => {
            setDraft(body ?? '');
            navigate('/messages');
          }}
        >
          Edit and send
        </button>
        <button type="button" class="danger" onClick={() => setQuestion('delete')}>
          Delete
        </button>
      </div>
      {question && (
        <Confirm
          text={
            question === 'replay'
              ? `Replay ${name}? It goes through the app again, under the position that it came with, and is written to ${store}.`
              : `Delete ${name} from ${store}? The message in it is gone then.`
          }
          action={question === 'replay' ? 'Replay' : 'Delete'}
          onYes={() => void act(question)}
          onNo={() => setQuestion(null)}
        />
      )}
    </>
  );
}

type ConfirmProps = { text: string; action: string; onYes: () => void; onNo: () => void };

function Confirm({ text, action, onYes, onNo }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={onNo} aria-label={action}>
      <p>{text}</p>
      <div class="actions">
        <button type="button" class="primary" onClick={onYes}>
          {action}
        </button>
        <button type="button" onClick={onNo}>
          Cancel
        </button>
      </div>
    </dialog>
  );
}
