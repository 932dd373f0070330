#!/usr/bin/env node
// The program, for Node without a loader: the commands are TypeScript and stay so, because none of them is deployed.
try {
  const { register } = await import('tsx/esm/api');
  register();
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write(
    `error: its libraries are missing. Run this once: npm ci --prefix "${import.meta.dirname}/.."\n`,
  );
  process.exit(1);
}
await import('./main.ts');
