-- What a number sends through at its carrier: a Messaging Service of Twilio's (MG…) or a messaging profile of Telnyx's. The
-- carrier's pool, its sticky senders and its scheduling belong to that. Null: the number alone.
alter table numbers add column messaging_service text check (length(messaging_service) between 1 and 64);
