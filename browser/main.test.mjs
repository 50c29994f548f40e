// The real editors in a real browser against the real backend. One file, so that one stage serves every suite.
import { after, before } from 'node:test';
import { start, stop } from './stage.mjs';

before(start);
after(stop);

await import('./config.mjs');
