import { render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Stack } from './api.ts';
import { buyerFrom, choicesIn } from './buyer.ts';
import { BuyerBar } from './buyer-bar.tsx';
import { ViewLink } from './controls.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { Health } from './health.tsx';
import { useLive } from './live.ts';
import { useLocation } from './location.ts';
import { Messages } from './messages.tsx';
import { Product } from './product.tsx';
import { Products } from './products.tsx';
import { useAnswer } from './server.ts';

const VIEWS = [
  ['/', 'Products'],
  ['/messages', 'Messages'],
  ['/dead-letters', 'Dead letters'],
  ['/health', 'Health'],
] as const;

const NO_STACK: Stack = { transports: ['http'], store: '', isLocalStore: true };
const MINUTE = 60_000;

function App() {
  const { path, query } = useLocation();
  const live = useLive();
  const stack = useAnswer<Stack>('stack') ?? NO_STACK;
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), MINUTE);
    return () => window.clearInterval(timer);
  }, []);
  const choices = useMemo(() => choicesIn(live.products?.values() ?? []), [live.products]);
  const buyer = buyerFrom(query, choices.currencies, now);
  const productId = /^\/products\/([^/]+)$/.exec(path)?.[1];
  const hasPrices = productId !== undefined || path === '/' || path === '/products';
  const title =
    productId === undefined
      ? (VIEWS.find(([each]) => each === path)?.[1] ?? 'Products')
      : decodeURIComponent(productId);
  useEffect(() => {
    document.title = `${title} · Product sync`;
  }, [title]);

  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <h1>Product sync</h1>
        <nav aria-label="Views">
          {VIEWS.map(([to, name]) => (
            <ViewLink key={to} to={to} isCurrent={to === path}>
              {name}
            </ViewLink>
          ))}
        </nav>
        <span class={live.isConnected ? 'live' : 'live lost'}>{live.isConnected ? 'live' : 'stopped'}</span>
      </header>
      {!live.isConnected && (
        <p class="banner" role="alert">
          The local stack has stopped. This page goes on by itself as soon as <code>npm start</code> runs
          again.
        </p>
      )}
      {!stack.isLocalStore && (
        <p class="banner">Products are in the Cosmos DB account that your settings name: {stack.store}</p>
      )}
      {hasPrices && <BuyerBar buyer={buyer} choices={choices} />}
      <main id="main">
        {live.products === null ? (
          <p class="empty">Reading…</p>
        ) : productId !== undefined ? (
          <Product id={decodeURIComponent(productId)} {...{ buyer, query, now }} products={live.products} />
        ) : path === '/messages' ? (
          <Messages messages={live.messages} {...{ query, stack }} />
        ) : path === '/dead-letters' ? (
          <DeadLetters revision={live.revision} store={stack.store} />
        ) : path === '/health' ? (
          <Health stack={stack} />
        ) : (
          <Products products={live.products} {...{ buyer, choices, query }} />
        )}
      </main>
    </>
  );
}

const root = document.getElementById('app');
if (root) render(<App />, root);
