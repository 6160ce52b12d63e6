"""E-mail: real lines to a mail server and to a mailbox, and mails as people and machines write them."""
