/** The few drawings of the page; all decorative, the words beside them carry the meaning. */
import type { SVGProps } from "react";

function Icon(props: SVGProps<SVGSVGElement>) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="18"
      height="18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.9"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      {...props}
    />
  );
}

/** The Tidegate mark: two gate posts and the tide between them. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#0b6f8a" />
      <path d="M8 7v18M24 7v18" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
      <path
        d="M8 13.5c2.7-2.4 5.3-2.4 8 0s5.3 2.4 8 0M8 20c2.7-2.4 5.3-2.4 8 0s5.3 2.4 8 0"
        fill="none"
        stroke="#8be4fb"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
    </svg>
  );
}

export function StopIcon() {
  return (
    <Icon>
      <path d="M8.2 2.8h7.6l5.4 5.4v7.6l-5.4 5.4H8.2l-5.4-5.4V8.2z" />
      <path d="M9.2 9.2l5.6 5.6M14.8 9.2l-5.6 5.6" />
    </Icon>
  );
}

export function SunIcon() {
  return (
    <Icon>
      <circle cx="12" cy="12" r="4" />
      <path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4" />
    </Icon>
  );
}

export function MoonIcon() {
  return (
    <Icon>
      <path d="M20 14.2A8.2 8.2 0 0 1 9.8 4a8.2 8.2 0 1 0 10.2 10.2z" />
    </Icon>
  );
}

export function KeyboardIcon() {
  return (
    <Icon>
      <rect x="2.5" y="6" width="19" height="12" rx="2.5" />
      <path d="M6.5 10h.01M10.2 10h.01M13.8 10h.01M17.5 10h.01M8.5 14h7" />
    </Icon>
  );
}

export function ChevronIcon() {
  return (
    <Icon width="14" height="14" strokeWidth="2.4">
      <path d="M6 9l6 6 6-6" />
    </Icon>
  );
}
