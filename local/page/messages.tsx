import { useEffect, useState } from 'preact/hooks';
import type { Message, MessageDetail, Stack } from './api.ts';
import { Badge, SelectField, TextField, ViewLink } from './controls.tsx';
import { clock, duration, shortType } from './format.ts';
import { setQuery } from './location.ts';
import { MarkedBody } from './marked-body.tsx';
import { Send } from './send.tsx';
import { ask } from './server.ts';

type Props = { messages: readonly Message[]; query: URLSearchParams; stack: Stack };

const SHOWN = 200;

/** The messages as they arrive, and a box to send one. */
export function Messages({ messages, query, stack }: Props) {
  const [paused, setPaused] = useState<readonly Message[] | null>(null);
  const [open, setOpen] = useState<number | null>(null);
  const [search, transport, outcome] = [
    query.get('search') ?? '',
    query.get('transport') ?? '',
    query.get('outcome') ?? '',
  ];
  const outcomes = [...new Set(messages.map((message) => message.outcome))].sort();
  const shown = (paused ?? messages).filter(
    (message) =>
      `${message.productId} ${message.type} ${message.reason}`.toLowerCase().includes(search.toLowerCase()) &&
      (transport === '' || message.transport === transport) &&
      (outcome === '' || message.outcome === outcome),
  );
  return (
    <>
      <Send stack={stack} />
      <section class="filters" aria-label="Filter">
        <TextField
          label="Search"
          type="search"
          value={search}
          onChange={(value) => setQuery({ search: value })}
        />
        <SelectField
          label="Transport"
          value={transport}
          options={[
            ['', 'any'],
            ['http', 'HTTP'],
            ['eventhub', 'Event Hubs'],
            ['kafka', 'Kafka'],
          ]}
          onChange={(value) => setQuery({ transport: value })}
        />
        <SelectField
          label="Outcome"
          value={outcome}
          options={[['', 'any'], ...outcomes.map((each) => [each, each] as const)]}
          onChange={(value) => setQuery({ outcome: value })}
        />
        <button
          type="button"
          aria-pressed={paused !== null}
          onClick={() => setPaused(paused === null ? messages : null)}
        >
          {paused === null ? 'Pause' : 'Go on'}
        </button>
        <p class="count">
          {paused === null ? `${shown.length} messages` : `paused at ${shown.length} messages`}
          {shown.length > SHOWN && `, the newest ${SHOWN} are listed`}
        </p>
      </section>
      {shown.length === 0 ? (
        <p class="empty">No message has come yet. Send one above.</p>
      ) : (
        <div class="scroll">
          <table class="messages">
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Transport</th>
                <th scope="col">Type</th>
                <th scope="col">Product</th>
                <th scope="col">Outcome</th>
                <th scope="col" class="number">
                  Took
                </th>
                <th scope="col" class="number">
                  Lag
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.slice(0, SHOWN).map((message) => (
                <Row
                  key={message.number}
                  message={message}
                  isOpen={open === message.number}
                  onToggle={() => setOpen(open === message.number ? null : message.number)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

const TRANSPORTS = { http: 'HTTP', eventhub: 'Event Hubs', kafka: 'Kafka' };

function Row({ message, isOpen, onToggle }: { message: Message; isOpen: boolean; onToggle: () => void }) {
  const { at, transport, type, productId, outcome, reason, milliseconds, lagMs } = message;
  return (
    <>
      <tr>
        <td>
          <button type="button" class="link" aria-expanded={isOpen} onClick={onToggle}>
            {clock(at)}
          </button>
        </td>
        <td>{TRANSPORTS[transport]}</td>
        <td>{shortType(type)}</td>
        <td>
          {productId === null ? (
            '–'
          ) : (
            <ViewLink to={`/products/${encodeURIComponent(productId)}`}>{productId}</ViewLink>
          )}
        </td>
        <td>
          <Badge kind={outcome}>{outcome}</Badge> {reason && <small>{reason}</small>}
        </td>
        <td class="number">{duration(milliseconds)}</td>
        <td class="number">{duration(lagMs)}</td>
      </tr>
      {isOpen && (
        <tr>
          <td colSpan={7}>
            <Detail number={message.number} />
          </td>
        </tr>
      )}
    </>
  );
}

function Detail({ number }: { number: number }) {
  const [detail, setDetail] = useState<MessageDetail | null>(null);
  useEffect(() => {
    ask<MessageDetail>(`message/${number}`).then(setDetail, () => setDetail(null));
  }, [number]);
  if (detail === null) return <p class="empty">The stack no longer has this message.</p>;
  return (
    <div class="columns">
      <div>
        <h3>Body{detail.isCut && ', its beginning'}</h3>
        <MarkedBody body={detail.body} issues={issuesIn(detail.answer)} />
      </div>
      <div>
        <h3>Outcome</h3>
        <p>
          {detail.bytes} bytes{detail.stream && `, ${detail.stream}`}
          {detail.status && `, answered ${detail.status}`}
        </p>
        {detail.answer && <pre>{pretty(detail.answer)}</pre>}
        {detail.deadLetterId && <ViewLink to="/dead-letters">Dead letters</ViewLink>}
      </div>
    </div>
  );
}

function issuesIn(answer: string | null): { path: string; expected: string; found: string }[] {
  try {
    return JSON.parse(answer ?? '{}').issues ?? [];
  } catch {
    return [];
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
