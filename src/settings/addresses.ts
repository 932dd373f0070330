/** Whether a host is this machine. `URL` has normalized every spelling of an address to those matched here. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** Whether secrets and keys may travel by this URL: nobody on the way can read or change them. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/**
 * The parts of a connection string as people paste it: with spaces around them, and names in any case. Azure's libraries
 * accept one only as the portal writes it, and say so only at the first message.
 */
export function connectionParts(connectionString: string): ReadonlyMap<string, string> {
  return new Map(
    connectionString.split(';').map((part) => {
      const [name = '', ...value] = part.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
}
