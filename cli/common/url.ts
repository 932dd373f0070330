/** The end of the webhook's address, whatever the host's route prefix is. */
export const WEBHOOK_ROUTE = '/webhooks/products';

/** A text as an HTTP address; null if it is none. */
export function httpUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : null;
}

/** Whether an address leads to the webhook: at any other, `/` above all, the host may answer 200 and drop the message. */
export function isWebhookUrl(url: URL): boolean {
  return withoutTrailingSlash(url.pathname).endsWith(WEBHOOK_ROUTE);
}

/** A path, without the slash at its end that makes no difference to the host. */
export function withoutTrailingSlash(path: string): string {
  return path.replace(/\/+$/, '');
}

/** A URL as it may be shown: its query and user info can hold keys (`?code=…` of Azure Functions). */
export function printableUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
