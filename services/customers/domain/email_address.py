"""E-mail addresses in one spelling. Source: RFC 5321 and 6531, by email-validator."""

from email_validator import EmailNotValidError, validate_email

from services.customers.domain.refusals import InvalidEmail


def normal_email(written: str) -> str:
    """The address without surrounding blanks and in small letters, for no provider tells Ali@ from ali@.

    Raises InvalidEmail. The domain is not looked up.
    """
    try:
        return validate_email(written.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise InvalidEmail from error
