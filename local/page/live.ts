import { useEffect, useState } from 'preact/hooks';
import type { Item, Message } from './api.ts';
import { ask } from './server.ts';

/** As many messages as the server remembers. */
const MAX_MESSAGES = 1_000;

/** News are gathered for so long, so that a flood of messages does not redraw the page for each. */
const GATHER_MS = 150;

/** From so many changed products on, all are read again. */
const MANY = 40;

/** What the page knows of the stack, kept up to date by server-sent events. */
export type Live = {
  products: ReadonlyMap<string, Item> | null;
  /** The newest first. */
  messages: readonly Message[];
  isConnected: boolean;
  /** Counts what has changed: views that read more look again. */
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
    const changedProducts = async (ids: ReadonlySet<string>) => {
      if (ids.size > MANY) return ask<Item[]>('products');
      const items = await Promise.all([...ids].map((id) => ask<Item>(`product/${encodeURIComponent(id)}`)));
      return items.filter((item) => item !== null);
    };
    const takeNews = async () => {
      const taken = news;
      news = [];
      const ids = new Set(taken.map(({ productId }) => productId).filter((id) => id !== null));
      const items = await changedProducts(ids).catch(() => null);
      setLive((before) => {
        const products = new Map(before.products);
        for (const item of items ?? []) products.set(item.id, item);
        const messages = [...taken.reverse(), ...before.messages].slice(0, MAX_MESSAGES);
        return { ...before, products, messages, revision: before.revision + 1 };
      });
      timer = 0;
      if (news.length > 0) timer = window.setTimeout(takeNews, GATHER_MS);
    };

    const events = new EventSource('/page/events');
    // Also after a pause: what was missed is read again.
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
