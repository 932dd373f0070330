import { useEffect, useState } from 'preact/hooks';
import type { Sample, Sent, Stack, Transport } from './api.ts';
import { Badge, Field, SelectField } from './controls.tsx';
import { takeDraft } from './draft.ts';
import { MarkedBody } from './marked-body.tsx';
import { ask } from './server.ts';

const NAMES = { http: 'HTTP', eventhub: 'Event Hubs', kafka: 'Kafka' };

/** Sends a message that somebody pastes, drops or picks from the samples. The answer appears below. */
export function Send({ stack }: { stack: Stack }) {
  const [draft] = useState(takeDraft);
  const [isOpen, setIsOpen] = useState(draft !== null);
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const [sample, setSample] = useState('');
  const [body, setBody] = useState(draft ?? '');
  const [transport, setTransport] = useState<Transport>('http');
  const [isSending, setIsSending] = useState(false);
  const [answer, setAnswer] = useState<{ sent: Sent; body: string } | null>(null);
  useEffect(() => {
    if (isOpen && samples.length === 0)
      ask<Sample[]>('samples').then(
        (found) => setSamples(found ?? []),
        () => {},
      );
  }, [isOpen, samples.length]);

  const send = async () => {
    setIsSending(true);
    try {
      const sent = await ask<Sent>('send', { method: 'POST', body: JSON.stringify({ transport, body }) });
      if (sent) setAnswer({ sent, body });
    } catch (error) {
      setAnswer({ sent: { status: null, outcome: 'not sent', detail: String(error), issues: [] }, body });
    } finally {
      setIsSending(false);
    }
  };

  return (
    <details class="card send" open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>Send a message</summary>
      <div class="filters">
        <SelectField
          label="Sample"
          value={sample}
          options={[['', 'none'], ...samples.map(({ name, title }) => [name, `${name}: ${title}`] as const)]}
          onChange={(name) => {
            setSample(name);
            setBody(samples.find((each) => each.name === name)?.body ?? '');
          }}
        />
        <SelectField
          label="Send by"
          value={transport}
          options={stack.transports.map((each) => [each, NAMES[each]] as const)}
          onChange={(value) => setTransport(value as Transport)}
        />
        <button type="button" class="primary" disabled={isSending || body === ''} onClick={() => void send()}>
          {isSending ? 'Sending…' : 'Send'}
        </button>
      </div>
      <Field label="Message body">
        {(id) => (
          <textarea
            id={id}
            rows={12}
            spellcheck={false}
            value={body}
            placeholder="Paste a message or drop a file here"
            onInput={({ currentTarget }) => setBody(currentTarget.value)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              const file = event.dataTransfer?.files[0];
              if (file) void file.text().then(setBody);
            }}
          />
        )}
      </Field>
      <div role="status" aria-label="Answer">
        {answer && (
          <>
            <p>
              {answer.sent.status && `${answer.sent.status} `}
              <Badge kind={answer.sent.outcome}>{answer.sent.outcome}</Badge> {answer.sent.detail}
            </p>
            {answer.sent.issues.length > 0 && <MarkedBody body={answer.body} issues={answer.sent.issues} />}
          </>
        )}
      </div>
    </details>
  );
}
