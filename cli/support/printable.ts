// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** Text from elsewhere on one line: without control characters, which could move the cursor or rewrite the screen. */
export function printable(text: string, maxLength = 300): string {
  const line = text.replace(CONTROL_CHARACTERS, ' ').trim();
  return line.length > maxLength ? `${line.slice(0, maxLength).toWellFormed()}…` : line;
}

/** A URL as it may be shown: its query and user info can hold keys (`?code=…` of Azure Functions). */
export function printableUrl(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
