import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { CerDataSource } from '../datasource';
import { QueryHelp } from './QueryHelp';

test('a click takes an example over', async () => {
  const onClickExample = jest.fn();
  render(<QueryHelp datasource={{} as CerDataSource} query={{ refId: 'A' }} onClickExample={onClickExample} />);
  await userEvent.click(screen.getByRole('button', { name: /What to fix first/ }));
  expect(onClickExample).toHaveBeenCalledWith(
    expect.objectContaining({ refId: 'A', measure: 'impact', level: 'flow' })
  );
});
