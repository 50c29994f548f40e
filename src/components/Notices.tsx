import { Alert } from '@grafana/ui';
import React from 'react';
import { Notice } from '../types';

/** What there is to know of numbers, as severe as the worst of it; nothing without notices. */
export function Notices({ title, notices }: { title: string; notices: Notice[] }) {
  if (notices.length === 0) {
    return null;
  }
  const worst = (['error', 'warning'] as const).find((one) => notices.some(({ severity }) => severity === one));
  return (
    <Alert severity={worst ?? 'info'} title={title}>
      {notices.map(({ text }) => (
        <div key={text}>{text}</div>
      ))}
    </Alert>
  );
}
