// The real editors in a real browser against the real backend. One file, so that one stage serves every suite.
import { after } from 'node:test';
import { start, stop } from './stage.mjs';

try {
  await start();
} catch (error) {
  await stop();
  throw error;
}
after(stop);

await import('./config.mjs');
await import('./first.mjs');
await import('./query.mjs');
await import('./variable.mjs');
