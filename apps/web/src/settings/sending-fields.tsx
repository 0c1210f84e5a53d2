import { NativeSelect, TextInput } from '@mantine/core';
import type { SendingClass } from '@patchline/domain/sending-rates';
import type { CarrierAccount, ConnectedNumber, NumberChange } from '../api/types.ts';

/** How a number sends, as its form has it: '' for nothing. */
export interface Sending {
  messagingService: string;
  sendingClass: SendingClass | '';
  campaign: string;
}

const CLASSES: Array<{ value: SendingClass | ''; label: string }> = [
  { value: '', label: 'By the look of the number' },
  { value: 'long_code', label: 'Ordinary number, not registered' },
  { value: 'toll_free', label: 'Toll-free' },
  { value: 'short_code', label: 'Short code' },
  { value: '10dlc_high', label: '10DLC campaign, high throughput' },
  { value: '10dlc_middle', label: '10DLC campaign, middle throughput' },
  { value: '10dlc_low', label: '10DLC campaign, low throughput' },
  { value: '10dlc_sole_proprietor', label: '10DLC campaign of a sole proprietor' },
];

interface Props {
  carrier: CarrierAccount['carrier'];
  value: Sending;
  onChange: (value: Sending) => void;
  /** What the server did not take, by field. */
  problems: Record<string, string>;
}

/** How fast a number may send, and through what at the carrier. */
export function SendingFields({ carrier, value, onChange, problems }: Props) {
  const registered = value.sendingClass.startsWith('10dlc');
  return (
    <>
      <NativeSelect
        mt={16}
        label="How fast the carrier lets it send"
        description="Patchline keeps to this pace, so that the carrier drops nothing."
        data={CLASSES}
        value={value.sendingClass}
        onChange={(event) => onChange({ ...value, sendingClass: event.currentTarget.value as SendingClass | '' })}
      />
      {registered && (
        <TextInput
          mt={12}
          label="Campaign"
          description="Numbers of one campaign share its pace."
          placeholder="CXXXXXX"
          maxLength={64}
          value={value.campaign}
          error={problems.campaign}
          onChange={(event) => onChange({ ...value, campaign: event.currentTarget.value })}
        />
      )}
      <TextInput
        mt={12}
        label={carrier === 'twilio' ? 'Messaging Service' : 'Messaging profile'}
        description={
          carrier === 'twilio'
            ? 'Its SID (MG…), if texts of this number are to go out through one. Empty: by the number alone.'
            : 'Its id, if texts of this number are to go out through another than its own. Empty: its own.'
        }
        value={value.messagingService}
        error={problems.messagingService}
        onChange={(event) => onChange({ ...value, messagingService: event.currentTarget.value })}
      />
    </>
  );
}

/** What of it is to be told to the server. */
export function sendingChanged(
  number: ConnectedNumber,
  { messagingService, sendingClass, campaign }: Sending,
): NumberChange {
  const service = messagingService.trim() || null;
  const named = sendingClass.startsWith('10dlc') ? campaign.trim() || null : null;
  return {
    ...(service === number.messagingService ? {} : { messagingService: service }),
    ...((sendingClass || null) === number.sendingClass ? {} : { sendingClass: sendingClass || null }),
    ...(named === number.campaign ? {} : { campaign: named }),
  };
}
