//! What the users of an adapter name by its name alone, without the core beside it.

/// A service's own key store, verifier, claim and errors.
macro_rules! named_by {
    ($adapter:ident) => {
        mod $adapter {
            use $adapter::api_keys::{ApiKeyRecord, ApiKeyStore, ApiKeyVerifier};
            use $adapter::cache::{Caching, Revocations};
            use $adapter::claims::{ClaimValue, FromClaim};
            use $adapter::credential::{ApiKey, ApiKeyId, ApiKeyPrefix, BearerToken};
            use $adapter::{
                AnyRealm, ApiKeyIn, Attempt, CacheCounts, Claims, ConfigError, ConfigErrorKind, Facts, RandomnessError,
                Realm, Reason, StoreError, Verified, Verifier, VerifyError, VerifyErrorKind,
            };

            struct Keys(Revocations);

            impl ApiKeyStore for Keys {
                async fn find(&self, _: ApiKeyId) -> Result<Option<ApiKeyRecord>, StoreError> {
                    Ok(None)
                }

                fn revocations(&self) -> Option<Revocations> {
                    Some(self.0.clone())
                }
            }

            struct Tokens(Revocations);

            impl Verifier<BearerToken> for Tokens {
                type Value = Level;

                async fn verify(&self, _: BearerToken, _: Attempt) -> Result<Verified<Level>, VerifyError> {
                    Ok(Verified::new(Facts::new("alice"), Level(3)))
                }

                fn caching(&self) -> Option<Caching> {
                    Some(Caching::of_secrets(self.0.clone()))
                }
            }

            #[derive(Clone, Debug, PartialEq)]
            struct Level(u8);

            impl FromClaim for Level {
                const EXPECTED: &'static str = "a level from 0 to 9";

                fn from_claim(value: &ClaimValue) -> Option<Self> {
                    u8::from_claim(value).filter(|level| *level <= 9).map(Self)
                }
            }

            fn key(prefix: &ApiKeyPrefix) -> Result<ApiKey, RandomnessError> {
                ApiKey::generate(prefix)
            }

            fn hits(realm: &AnyRealm) -> Vec<u64> {
                realm.cache_counts().map(|counts: CacheCounts| counts.hits).collect()
            }

            #[test]
            fn names_what_its_users_implement_and_match() {
                let prefix = ApiKeyPrefix::new("demo").expect("a prefix");
                assert!(key(&prefix).is_ok());
                let keys = ApiKeyVerifier::new(prefix, Keys(Revocations::new())).map(|_, _| Level(0));
                let realm = Realm::<Level>::builder("demo")
                    .bearer(Tokens(Revocations::new()))
                    .api_key(ApiKeyIn::header("X-API-TOKEN"), keys)
                    .build()
                    .expect("a realm");
                assert!(hits(realm.as_ref()).iter().all(|hits| *hits == 0));

                assert_eq!(Claims::new().with("level", 3).parse::<Level>("level").ok(), Some(Level(3)));
                let error: ConfigError = Realm::<Level>::builder("demo").build().expect_err("no scheme");
                assert!(matches!(error.kind(), ConfigErrorKind::NoScheme), "{error}");
                let error = VerifyError::refused(Reason::UNKNOWN_CREDENTIAL);
                assert!(matches!(error.kind(), VerifyErrorKind::Refused), "{error}");
            }
        }
    };
}

named_by!(auth_axum);
named_by!(auth_tonic);
named_by!(auth_tower);
