"""The one gate from card to delivery."""
