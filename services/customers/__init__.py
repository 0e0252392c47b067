"""Who the customers are: profiles, identifiers, consents. Publishes customers.*; hears nothing."""
