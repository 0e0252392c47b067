"""What we tell customers, by which channel, and when not to. Publishes notifications.*; hears customers.* and loyalty.*."""
