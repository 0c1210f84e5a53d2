// Before the first paint: the theme somebody chose, else the system's.
const chosen = localStorage.getItem('handset-theme');
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
