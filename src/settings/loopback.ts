/** Whether a host is this machine. `URL` has normalized every spelling of an address to those matched here. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
