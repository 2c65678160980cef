//! URLs of databases as they may be shown.

/// The URL without the password, and without what stands behind a `?`: a password may stand there too.
pub(super) fn shown(url: &str) -> String {
    let url = url.split_once('?').map_or(url, |(url, _)| url);
    let Some((scheme, rest)) = url.split_once("://") else { return "(no URL)".to_owned() };
    // The last `@`: an earlier one belongs to a password that was not escaped.
    let Some((user, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    let user = user.split_once(':').map_or(user, |(name, _)| name);
    format!("{scheme}://{user}:***@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        assert_eq!(shown("postgres://ada:s3cret@db/auth"), "postgres://ada:***@db/auth");
        assert_eq!(shown("postgres://ada:s3:c@ret@db/auth?sslmode=require"), "postgres://ada:***@db/auth");
        assert_eq!(shown("postgres://db/auth?user=ada&password=s3cret"), "postgres://db/auth");
        assert_eq!(shown("s3cret"), "(no URL)");
    }
}
