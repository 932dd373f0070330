import { useState } from 'preact/hooks';
import type { Sample, Sent, Stack, Transport } from './api.ts';
import { Badge, Field, SelectField } from './controls.tsx';
import { TRANSPORTS } from './format.ts';
import { MarkedBody } from './marked-body.tsx';
import { ask, useAnswer } from './server.ts';

let draft: string | null = null;

/** Puts a body into the box the next time it opens. */
export function setDraft(body: string): void {
  draft = body;
}

function takeDraft(): string | null {
  const taken = draft;
  draft = null;
  return taken;
}

/** Sends a message that somebody pastes, drops or picks from the samples. The answer appears below. */
export function Send({ stack }: { stack: Stack }) {
  const [initial] = useState(takeDraft);
  const samples = useAnswer<Sample[]>('samples') ?? [];
  const [sample, setSample] = useState('');
  const [body, setBody] = useState(initial ?? '');
  const [transport, setTransport] = useState<Transport>('http');
  const [isSending, setIsSending] = useState(false);
  const [answer, setAnswer] = useState<{ sent: Sent; body: string } | null>(null);
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
    <details class="card send" open={initial !== null}>
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
          options={stack.transports.map((each) => [each, TRANSPORTS[each]] as const)}
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
