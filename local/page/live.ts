import { useEffect, useState } from 'preact/hooks';
import type { Item, Message } from './api.ts';
import { ask } from './server.ts';

/** The server remembers as many messages. */
const MAX_MESSAGES = 1_000;

/** The page collects news for this long, so that a flood of messages does not redraw it for each one. */
const GATHER_MS = 150;

/** If this many products have changed, the page reads all of them again. */
const MANY = 40;

/** It reads all of them at most this often. */
const READ_ALL_MS = 2_000;

/** The outcomes that change a product. */
const CHANGES: ReadonlySet<string> = new Set(['created', 'updated', 'deleted']);

/** What the page knows about the stack. Server-sent events keep it up to date. */
export type Live = {
  products: ReadonlyMap<string, Item> | null;
  /** The newest first. */
  messages: readonly Message[];
  isConnected: boolean;
  /** Counts changes. Views that read more data read it again when this grows. */
  revision: number;
};

/** Reads products and messages, and follows them. */
export function useLive(): Live {
  const [live, setLive] = useState<Live>({ products: null, messages: [], isConnected: true, revision: 0 });
  useEffect(() => {
    let news: Message[] = [];
    let timer = 0;

    const readAll = async () => {
      const [products, messages] = await Promise.all([ask<Item[]>('products'), ask<Message[]>('messages')]);
      setLive(({ revision }) => ({
        products: new Map((products ?? []).map((item) => [item.id, item])),
        messages: messages ?? [],
        isConnected: true,
        revision: revision + 1,
      }));
    };
    let isStale = false;
    let lastReadAt = 0;
    /** Reads a few products one by one, and many all together, but not too often. */
    const changedProducts = async (ids: ReadonlySet<string>) => {
      isStale ||= ids.size > MANY;
      if (isStale) {
        if (performance.now() - lastReadAt < READ_ALL_MS) return [];
        isStale = false;
        lastReadAt = performance.now();
        return (await ask<Item[]>('products')) ?? [];
      }
      const items = await Promise.all([...ids].map((id) => ask<Item>(`product/${encodeURIComponent(id)}`)));
      return items.filter((item) => item !== null);
    };
    const takeNews = async () => {
      const taken = news;
      news = [];
      const changed = taken.filter(({ outcome }) => CHANGES.has(outcome));
      const ids = new Set(changed.map(({ productId }) => productId).filter((id) => id !== null));
      const items = await changedProducts(ids).catch(() => []);
      setLive((before) => {
        const products = items.length === 0 ? before.products : new Map(before.products);
        for (const item of items) (products as Map<string, Item>).set(item.id, item);
        const messages = [...taken.reverse(), ...before.messages].slice(0, MAX_MESSAGES);
        return { ...before, products, messages, revision: before.revision + 1 };
      });
      timer = 0;
      if (news.length > 0) timer = window.setTimeout(takeNews, GATHER_MS);
      else if (isStale) timer = window.setTimeout(takeNews, READ_ALL_MS);
    };

    const events = new EventSource('/page/events');
    // Also after a pause, so that the page reads what it missed.
    events.onopen = () => void readAll().catch(() => {});
    events.onerror = () => setLive((before) => ({ ...before, isConnected: false }));
    events.onmessage = ({ data }) => {
      news.push(JSON.parse(String(data)) as Message);
      if (news.length > MAX_MESSAGES) news.shift();
      if (timer === 0) timer = window.setTimeout(takeNews, GATHER_MS);
    };
    return () => {
      events.close();
      window.clearTimeout(timer);
    };
  }, []);
  return live;
}
